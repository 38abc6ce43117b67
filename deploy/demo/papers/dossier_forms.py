"""Drawing the forms of the dossier: opinion slips, check lists, seating plans; all of them carry a hand's ink.

Rules: as in `dossier_pages`; every form is one page and signed by those who filled it in.

    for leaf in slips(document, Writer(2026, document)):
        ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.demo.papers.dossier import ANSWERS, CHECKS, QUESTIONS, REMARKS, ROOMS, SECTIONS, Document, written
from deploy.demo.papers.dossier_words import Writer, pools
from deploy.demo.papers.fonts import SERIF_BOLD, SERIF_ITALIC
from deploy.demo.papers.hand import draw_signature, draw_tick, write_by_hand
from deploy.demo.papers.leaf import Leaf
from deploy.demo.papers.sheet import INK, LEFT, RIGHT, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOX = 34


def slips(document: Document, writer: Writer) -> Iterator[Leaf]:
    """Draw one opinion slip a person."""
    for number in range(1, document.pages + 1):
        leaf = _form(document.title, f"Phiếu số {number:02d}/{document.pages}", written(document.day))
        sheet = leaf.sheet
        sheet.paragraph(f"Người được hỏi: đồng chí số {number:02d} (demo). Bộ phận: {writer.rng.choice(SECTIONS)}.")
        for index, question in enumerate(QUESTIONS, start=1):
            sheet.paragraph(f"{index}. {question}", gap=18)
            _answer(leaf, writer)
        sheet.paragraph("Ý kiến khác (nếu có):", gap=0)
        write_by_hand(leaf.colour(), (LEFT + 60, sheet.y + 2), writer.rng.choice(REMARKS), writer.rng)
        for _ in range(3):
            sheet.y += 62
            sheet.draw.line((LEFT, sheet.y, RIGHT, sheet.y), fill=120, width=1)
        sheet.text(880, sheet.y + 70, "Người cho ý kiến", face=SERIF_BOLD)
        draw_signature(leaf.colour(), (890, sheet.y + 150), writer.rng)
        yield leaf


def _form(title: str, number: str, date: str) -> Leaf:
    leaf = Leaf()
    leaf.sheet.line("VIỆN KIỂM SÁT NHÂN DÂN KHU VỰC 1", size=24)
    leaf.sheet.line(title.upper(), face=SERIF_BOLD, size=29, gap=24)
    leaf.sheet.line(f"{number}, ngày {date}", face=SERIF_ITALIC, size=26)
    leaf.sheet.y += 26
    return leaf


def _answer(leaf: Leaf, writer: Writer) -> None:
    sheet = leaf.sheet
    chosen = writer.rng.choice((0,) * 12 + (1, 2, 2))
    for index, answer in enumerate(ANSWERS):
        x, y = LEFT + 80 + index * 310, sheet.y
        sheet.draw.rectangle((x, y, x + _BOX, y + _BOX), outline=INK, width=2)
        sheet.text(x + _BOX + 14, y + 28, answer, size=26, anchor="ls")
        if index == chosen:
            draw_tick(leaf.colour(), (x, y), writer.rng)
    sheet.y += _BOX + 22


def checklists(document: Document, writer: Writer) -> Iterator[Leaf]:
    """Draw one check list a day."""
    widths = (60, 560, 90, 90, 190)
    for number, day in enumerate(writer.days_of_month(document.pages), start=1):
        leaf = _form(document.title, f"Phiếu số {number:02d}", written(day))
        sheet = leaf.sheet
        sheet.row(("STT", "Nội dung kiểm tra", "Đạt", "Chưa", "Ghi chú"), widths, head=True, height=52)
        for index, check in enumerate(CHECKS, start=1):
            top = sheet.y
            failed = writer.rng.random() < 0.06
            sheet.row((str(index), check, "", "", "đã khắc phục" if failed else ""), widths, height=58)
            column = LEFT - 20 + 620 + (90 if failed else 0)
            draw_tick(leaf.colour(), (column + 28, top + 14), writer.rng)
        sheet.y += 16
        sheet.paragraph(f"Ghi chú: {writer.remark()}", face=SERIF_ITALIC, size=25)
        for x, role in ((400, "Người kiểm tra"), (900, "Người nhận bàn giao")):
            sheet.text(x, sheet.y + 50, role, face=SERIF_BOLD)
            draw_signature(leaf.colour(), (x, sheet.y + 140), writer.rng)
        yield leaf


def plans(document: Document, writer: Writer) -> Iterator[Leaf]:
    """Draw one seating plan a room."""
    for room, seats, note in zip(ROOMS, (24, 18, 30, 12), pools()["so-do"], strict=True):
        leaf = Leaf()
        sheet = leaf.sheet
        sheet.line(document.title.upper(), face=SERIF_BOLD, size=29)
        sheet.line(f"{room.capitalize()}, {seats} chỗ ngồi, tỷ lệ 1:50 (demo)", face=SERIF_ITALIC, size=26)
        sheet.draw.rectangle((250, 300, 1080, 1280), outline=INK, width=5)
        sheet.draw.rectangle((470, 330, 860, 362), outline=INK, width=3)
        sheet.text(665, 400, "Màn hình chung", size=24)
        _draw_seats(sheet, seats)
        sheet.y = 1310
        sheet.paragraph(f"Ghi chú: {note}", face=SERIF_ITALIC, size=25)
        draw_signature(leaf.colour(), (930, 1560), writer.rng)
        yield leaf


def _draw_seats(sheet: Sheet, seats: int) -> None:
    # A table in the shape of a U that opens to the screen: chair and secretary at its foot, the others along its arms.
    arm = (seats - 2) // 2
    step = min(96, 640 // arm)
    radius = min(26, step * 0.43)
    sheet.draw.line((420, 480, 420, 1130, 910, 1130, 910, 480), fill=INK, width=4)
    sheet.draw.line((500, 480, 500, 1060, 830, 1060, 830, 480), fill=INK, width=4)
    for index in range(arm):
        y = 500 + index * step
        for x, number in ((350, index + 1), (980, arm + index + 1)):
            sheet.draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=INK, width=3)
            sheet.text(x, y + 7, f"{number:02d}", size=20)
    for x, role in ((580, "Chủ trì"), (750, "Thư ký")):
        sheet.draw.rectangle((x - 62, 1160, x + 62, 1208), outline=INK, width=3)
        sheet.text(x, 1193, role, size=24)
