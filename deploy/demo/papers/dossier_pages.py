"""Drawing the pages of the dossier, one small function for each kind of document.

Rules: a drawer yields exactly as many pages as the document says; a page is full to about the lower margin; every
document that is signed ends with a signature and the demo seal.

    for leaf in leaves(2026):
        leaf.sheet.image.show()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from deploy.demo.papers.agency import AGENCY, PARENT, SCAN_SIGNER
from deploy.demo.papers.dossier import DOCUMENTS, ROOMS, Document, Kind, contents, written
from deploy.demo.papers.dossier_forms import checklists, plans, slips
from deploy.demo.papers.dossier_words import Writer
from deploy.demo.papers.fonts import SERIF, SERIF_BOLD, SERIF_ITALIC
from deploy.demo.papers.hand import draw_seal, draw_signature
from deploy.demo.papers.leaf import Leaf
from deploy.demo.papers.sheet import BOTTOM, HEIGHT, INK, LEFT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNATURE_ROOM = 340
# Room for a heading and the longest paragraph of five lines.
_PARAGRAPH_ROOM = 260
_PARAGRAPHS_A_PART = 6
_PARTS = (
    "I. TÌNH HÌNH",
    "II. NỘI DUNG CHÍNH",
    "III. ĐIỀU KIỆN BẢO ĐẢM",
    "IV. TỔ CHỨC THỰC HIỆN",
    "V. NỘI DUNG KHÁC",
    "VI. KẾT LUẬN",
)


def leaves(seed: int) -> Iterator[Leaf]:
    """Draw the clean pages of the whole dossier in order."""
    yield _cover()
    yield from _contents_pages()
    drawers: dict[Kind, Callable[[Document, Writer], Iterator[Leaf]]] = {
        Kind.LETTER: _letter,
        Kind.TABLE: _table,
        Kind.LOG: _log,
        Kind.SLIP: slips,
        Kind.CHECKLIST: checklists,
        Kind.PLAN: plans,
    }
    for document in DOCUMENTS:
        yield from drawers[document.kind](document, Writer(seed, document))


def _cover() -> Leaf:
    leaf = Leaf()
    # Manila card instead of paper.
    leaf.ink = Image.new("RGB", (WIDTH, HEIGHT), (236, 214, 170))
    sheet = leaf.sheet
    for inset in (96, 106):
        sheet.draw.rectangle((inset + 40, inset, WIDTH - inset, HEIGHT - inset - 20), outline=INK, width=3)
    for y, text, face, size in (
        (240, "VIỆN KIỂM SÁT NHÂN DÂN TỈNH A", SERIF, 32),
        (290, "VIỆN KIỂM SÁT NHÂN DÂN KHU VỰC 1", SERIF_BOLD, 32),
        (640, "HỒ SƠ CÔNG VIỆC", SERIF_BOLD, 62),
        (760, "Về việc trang bị và vận hành thử", SERIF, 40),
        (816, "phòng họp không giấy", SERIF, 40),
        (1080, "Hồ sơ số: 07/2026/VPTH (demo)", SERIF, 34),
        (1140, "Từ ngày 04/5/2026 đến ngày 01/10/2026", SERIF, 34),
        (1200, "Gồm 20 văn bản, 100 tờ", SERIF, 34),
        (1480, "Thời hạn bảo quản: 10 năm", SERIF_ITALIC, 32),
    ):
        sheet.text(WIDTH / 2 + 20, y, text, face=face, size=size)
    return leaf


def _contents_pages() -> Iterator[Leaf]:
    widths = (60, 190, 130, 500, 110)
    rows = contents()
    for page, part in enumerate((rows[:12], rows[12:])):
        leaf = Leaf()
        if page == 0:
            leaf.sheet.line("MỤC LỤC VĂN BẢN TRONG HỒ SƠ", face=SERIF_BOLD, size=30, gap=20)
            leaf.sheet.y += 24
        leaf.sheet.row(("STT", "Số, ký hiệu", "Ngày", "Trích yếu", "Tờ số"), widths, head=True, height=56)
        for number, (document, first, last) in enumerate(part, start=1 + page * 12):
            cells = (str(number), document.number, written(document.day), document.title, f"{first}-{last}")
            leaf.sheet.row(cells, widths, height=72, size=20)
        yield leaf


def _letter(document: Document, writer: Writer) -> Iterator[Leaf]:
    headings = iter(_PARTS)
    written_so_far = 0
    for page in range(1, document.pages + 1):
        leaf = _first_page(document) if page == 1 else _next_page(page)
        last = page == document.pages
        reserve = _PARAGRAPH_ROOM + (_SIGNATURE_ROOM + 80 if last else 0)
        while leaf.sheet.room > reserve:
            if written_so_far % _PARAGRAPHS_A_PART == 0:
                leaf.sheet.heading(next(headings))
            leaf.sheet.paragraph(writer.paragraph())
            written_so_far += 1
        if last:
            leaf.sheet.paragraph(_ending(document))
            _sign(leaf, writer)
        yield leaf


def _ending(document: Document) -> str:
    if document.title.startswith("Biên bản"):
        return "Biên bản được đọc lại, các thành viên thống nhất nội dung và cùng ký tên./."
    if document.title.startswith("Tờ trình"):
        return "Kính trình Viện trưởng xem xét, quyết định./."
    return "Đề nghị các bộ phận phối hợp thực hiện./."


def _first_page(document: Document) -> Leaf:
    leaf = Leaf()
    leaf.colour()
    day = document.day
    place_date = f"Tỉnh A, ngày {day.day:02d} tháng {day.month} năm {day.year}"
    leaf.sheet.letterhead(parent=PARENT, agency=AGENCY, number=document.number, place_date=place_date)
    kind, subject = _split_title(document.title)
    leaf.sheet.line(kind.upper(), face=SERIF_BOLD, size=30)
    leaf.sheet.line(subject, face=SERIF_BOLD, size=28, gap=4)
    leaf.sheet.draw.line((540, leaf.sheet.y + 10, 790, leaf.sheet.y + 10), fill=INK, width=2)
    leaf.sheet.y += 34
    leaf.sheet.paragraph(document.intro)
    return leaf


def _split_title(title: str) -> tuple[str, str]:
    for kind in ("Tờ trình", "Công văn", "Báo cáo", "Biên bản", "Phương án", "Quyết định", "Kế hoạch"):
        if title.startswith(kind):
            rest = title.removeprefix(kind).strip()
            return kind, rest[0].upper() + rest[1:]
    return title, ""


def _next_page(page: int) -> Leaf:
    leaf = Leaf()
    leaf.sheet.text(WIDTH / 2, 92, str(page))
    return leaf


def _sign(leaf: Leaf, writer: Writer) -> None:
    x, y = 860, leaf.sheet.y + 60
    leaf.sheet.text(x, y, "NGƯỜI KÝ VĂN BẢN", face=SERIF_BOLD)
    leaf.sheet.text(x, y + 240, SCAN_SIGNER, face=SERIF_BOLD)
    leaf.sheet.text(LEFT, y, "Nơi nhận:", face=SERIF_ITALIC, size=25, anchor="ls")
    for index, name in enumerate(("- Như trên;", "- Tổ giúp việc;", "- Lưu: VT, VPTH.")):
        leaf.sheet.text(LEFT, y + 34 + index * 32, name, size=23, anchor="ls")
    draw_signature(leaf.colour(), (x + 20, y + 140), writer.rng)
    # The seal covers about a third of the signature, on its left (annex I, II.8.a of the decree).
    draw_seal(leaf.colour(), (x - 120, y + 120), writer.rng)


def _table(document: Document, writer: Writer) -> Iterator[Leaf]:
    widths = (60, 400, 170, 60, 120, 180)
    number = 1
    for page in range(1, document.pages + 1):
        leaf = Leaf() if page == 1 else _next_page(page)
        if page == 1:
            leaf.sheet.line(document.title.upper(), face=SERIF_BOLD, size=29)
            leaf.sheet.line(f"(Lập ngày {written(document.day)})", face=SERIF_ITALIC, size=25)
            leaf.sheet.y += 22
        leaf.sheet.row(("STT", "Tên thiết bị", "Số hiệu", "SL", "T.trạng", "Nơi đặt"), widths, head=True, height=52)
        last = page == document.pages
        while leaf.sheet.room > (_SIGNATURE_ROOM + 50 if last else 46):
            leaf.sheet.row(writer.equipment_row(number), widths, size=21)
            number += 1
        if last:
            _sign(leaf, writer)
        yield leaf


def _log(document: Document, writer: Writer) -> Iterator[Leaf]:
    widths = (110, 130, 420, 190, 140)
    for page, day in enumerate(writer.days_of_month(document.pages), start=1):
        leaf = Leaf() if page == 1 else _next_page(page)
        if page == 1:
            leaf.sheet.line(document.title.upper(), face=SERIF_BOLD, size=29)
        room = writer.rng.choice(ROOMS)
        leaf.sheet.line(f"Ngày {written(day)}, {room}", face=SERIF_ITALIC, size=26, gap=4)
        leaf.sheet.y += 14
        leaf.sheet.row(("Giờ", "Vị trí", "Nội dung kiểm tra", "Kết quả", "Giây"), widths, head=True, height=50)
        for cells in writer.log_rows(writer.rng.randint(19, 25)):
            leaf.sheet.row(cells, widths)
        leaf.sheet.y += 10
        leaf.sheet.paragraph(f"Nhận xét: {writer.remark()}", face=SERIF_ITALIC, size=25)
        if writer.rng.random() < 0.5:
            draw_signature(leaf.colour(), (930, min(leaf.sheet.y + 60, BOTTOM)), writer.rng)
        yield leaf
