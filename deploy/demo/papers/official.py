"""The look of an official Vietnamese paper (Decree 30/2020/NĐ-CP, annex I), as reportlab parts.

Rules: A4; margins left 30, right 15–20, top and bottom 20–25 mm; body 13–14 pt, justified, first line indented; the
state's name and motto at the right of the agency, number and place on one line under them, type and subject centred;
page numbers centred at the top from page 2; recipients left of the signature. Every page says it is demo data.

    register_fonts()
    write_pdf(path, [*opening(Heading(...)), *text, closing(Closing(...))], title="Báo cáo")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

from deploy.demo.papers.fonts import SANS, SERIF, SERIF_BOLD, SERIF_BOLD_ITALIC, SERIF_ITALIC

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FOOTER = "Dữ liệu minh họa – demo"
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
LEFT, RIGHT, TOP, BOTTOM = 30 * mm, 15 * mm, 22 * mm, 20 * mm
_LEADING = 22.5

BODY = ParagraphStyle(
    "body",
    fontName=SERIF,
    fontSize=14,
    leading=_LEADING,
    alignment=TA_JUSTIFY,
    firstLineIndent=12.7 * mm,
    spaceAfter=6,
    allowWidows=0,
    allowOrphans=0,
)
ITALIC = ParagraphStyle("italic", parent=BODY, fontName=SERIF_ITALIC)
ITEM = ParagraphStyle("item", parent=BODY, spaceAfter=4)
PART = ParagraphStyle("part", parent=BODY, fontName=SERIF_BOLD, spaceBefore=8, keepWithNext=1, alignment=0)
SECTION = ParagraphStyle("section", parent=PART, spaceBefore=4)
CLAUSE = ParagraphStyle("clause", parent=PART, fontName=SERIF_BOLD_ITALIC, spaceBefore=2)
CENTRED = ParagraphStyle("centred", parent=BODY, fontName=SERIF_BOLD, alignment=TA_CENTER, firstLineIndent=0)
CAPTION = ParagraphStyle("caption", parent=CENTRED, fontName=SERIF_ITALIC, spaceBefore=6, spaceAfter=4, keepWithNext=1)
CELL = ParagraphStyle("cell", fontName=SERIF, fontSize=11, leading=15)
HEAD_CELL = ParagraphStyle("head-cell", parent=CELL, fontName=SERIF_BOLD, alignment=TA_CENTER)
OUTLINE_LEVEL = {PART.name: 0, SECTION.name: 1, CLAUSE.name: 2}


@dataclass(frozen=True)
class Heading:
    """The first page's head. `parent` and `agency` are lists of lines as they are to be broken."""

    kind: str
    subject: str
    number: str
    place_date: str
    parent: tuple[str, ...]
    agency: tuple[str, ...]
    addressee: str = ""


@dataclass(frozen=True)
class Closing:
    """The block under the text: who signs as what, and who receives the paper."""

    authority: tuple[str, ...]
    signer: str
    recipients: tuple[str, ...] = field(default=())


class Letterhead(Flowable):
    """Agency at the left, state and motto at the right, number and place under them."""

    def __init__(self, heading: Heading) -> None:
        super().__init__()
        self.heading = heading
        self.lines = len(heading.parent) + len(heading.agency)

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:  # noqa: ARG002 - reportlab's signature
        """Take the whole width."""
        self.width = avail_width
        self.height = 16.0 * self.lines + 34
        return self.width, self.height

    def draw(self) -> None:
        """Draw both columns; reportlab has moved the origin to the lower left corner."""
        left, right = self.width * 0.2, self.width - 130
        self.canv.setLineWidth(0.8)
        bottom = self._column(left, self.heading.parent, self.heading.agency)
        self.canv.line(left - 30, bottom + 8, left + 30, bottom + 8)
        y = self.height - 12
        self._centred(right, y, STATE, font=SERIF_BOLD, size=12)
        self._centred(right, y - 18, MOTTO, font=SERIF_BOLD, size=13)
        half = stringWidth(MOTTO, SERIF_BOLD, 13) / 2
        self.canv.line(right - half, y - 24, right + half, y - 24)
        self._centred(left, bottom - 12, self.heading.number, font=SERIF, size=13)
        self._centred(right, bottom - 12, self.heading.place_date, font=SERIF_ITALIC, size=13)

    def _column(self, x: float, parent: tuple[str, ...], agency: tuple[str, ...]) -> float:
        y = self.height - 12
        for line, font in [(text, SERIF) for text in parent] + [(text, SERIF_BOLD) for text in agency]:
            self._centred(x, y, line, font=font, size=12)
            y -= 16
        return y

    def _centred(self, x: float, y: float, text: str, *, font: str, size: float) -> None:
        self.canv.setFont(font, size)
        self.canv.drawCentredString(x, y, text)


class ShortRule(Flowable):
    """The rule under a subject: a third of the line, centred."""

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:  # noqa: ARG002 - reportlab's signature
        """Take the whole width and a little height."""
        self.width = avail_width
        return avail_width, 12

    def draw(self) -> None:
        """Draw the rule."""
        self.canv.setLineWidth(0.8)
        self.canv.line(self.width / 3, 8, self.width * 2 / 3, 8)


def opening(heading: Heading) -> list[Flowable]:
    """Build the head of page 1, down to the addressee."""
    subject = ParagraphStyle("subject", parent=CENTRED, leading=20, spaceAfter=2)
    parts: list[Flowable] = [Letterhead(heading), Spacer(1, 14)]
    parts += [Paragraph(heading.kind, subject), Paragraph(heading.subject, subject), ShortRule(), Spacer(1, 8)]
    if heading.addressee:
        to = ParagraphStyle("to", parent=CENTRED, fontName=SERIF, spaceAfter=10)
        parts.append(Paragraph(f"Kính gửi: {heading.addressee}", to))
    return parts


def closing(block: Closing, *, room: Flowable | None = None) -> Table:
    """Build recipients and signature side by side; `room` fills the place of the signature, blank unless given."""
    small = ParagraphStyle("recipients", fontName=SERIF, fontSize=11, leading=15)
    title = ParagraphStyle("recipients-title", parent=small, fontName=SERIF_BOLD_ITALIC, fontSize=12, leading=18)
    sign = ParagraphStyle("sign", parent=CENTRED, leading=19, spaceAfter=0)
    left: list[Flowable] = [
        Paragraph("Nơi nhận:", title),
        *(Paragraph(f"- {name}", small) for name in block.recipients),
    ]
    right: list[Flowable] = [Paragraph(line, sign) for line in block.authority]
    right += [room or Spacer(1, 70), Paragraph(block.signer, sign)]
    table = Table([[left, right]], colWidths=[70 * mm, 95 * mm], spaceBefore=12)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    return table


class OfficialDocument(BaseDocTemplate):
    """A document whose headings become the PDF outline and whose output depends on its content alone."""

    def __init__(self, target: Path | BinaryIO, *, title: str, wide: bool = False) -> None:
        size = landscape(A4) if wide else A4
        left, right = (20 * mm, 20 * mm) if wide else (LEFT, RIGHT)
        super().__init__(
            target if not isinstance(target, Path) else str(target),
            pagesize=size,
            title=title,
            author=FOOTER,
            lang="vi-VN",
            invariant=1,
        )
        box = (left, BOTTOM, size[0] - left - right, size[1] - TOP - BOTTOM)
        frame = partial(Frame, *box, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self.addPageTemplates(
            [
                PageTemplate("first", [frame()], onPage=_foot, autoNextPageTemplate="later"),
                PageTemplate("later", [frame()], onPage=_number_and_foot),
            ]
        )
        self._bookmarks = 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's hook
        """Bookmark each heading as it is placed."""
        if not isinstance(flowable, Paragraph) or flowable.style.name not in OUTLINE_LEVEL:
            return
        self._bookmarks += 1
        key = f"h{self._bookmarks}"
        level = OUTLINE_LEVEL[flowable.style.name]
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level=level, closed=level > 0)


def _foot(canvas: Canvas, document: BaseDocTemplate) -> None:
    width = document.pagesize[0]
    canvas.saveState()
    canvas.setFont(SANS, 9)
    canvas.setFillGray(0.4)
    canvas.drawCentredString(width / 2, 10 * mm, FOOTER)
    canvas.restoreState()


def _number_and_foot(canvas: Canvas, document: BaseDocTemplate) -> None:
    _foot(canvas, document)
    width, height = document.pagesize
    canvas.setFont(SERIF, 13)
    canvas.drawCentredString(width / 2, height - 14 * mm, str(document.page))


def write_pdf(target: Path | BinaryIO, story: list[Flowable], *, title: str, wide: bool = False) -> None:
    """Lay out the story and write it; same story, same bytes. The fonts must be registered."""
    OfficialDocument(target, title=title, wide=wide).build(story)
