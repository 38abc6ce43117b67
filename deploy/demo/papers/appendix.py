"""The wide paper: an appendix of figures, A4 landscape, one block of rows a unit, the head repeated on every page.

Rules: a row of a unit is the sum of its months; the last block is the sum of the units; what is carried over and what
is left open are stocks, so over time the first and the last month count, not the sum. A block is never cut by a page.

    write_appendix(Path("phu-luc-so-lieu.pdf"), seed=2026)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from deploy.demo.papers.agency import CLERK, SIGNER
from deploy.demo.papers.figures import MONTHS, Quarter, Work, make_quarter, percent
from deploy.demo.papers.fonts import SANS, SANS_BOLD, SERIF, SERIF_BOLD, SERIF_ITALIC, register_fonts
from deploy.demo.papers.official import CENTRED, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

# A command of reportlab's TableStyle: name, first cell, last cell, values.
_Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]

TITLE = "Phụ lục số liệu công tác kiểm sát quý III năm 2026 (demo)"
_GROUPS = (
    ("STT", 1),
    ("Địa bàn, thời gian", 1),
    ("Nguồn tin về tội phạm", 6),
    ("Khởi tố", 2),
    ("Truy tố", 2),
    ("Xét xử", 2),
    ("Dân sự, hành chính và các việc khác", 2),
    ("Kiến nghị", 1),
    ("Kháng nghị", 1),
)
_COLUMNS = (
    "Cũ",
    "Mới",
    "Cộng",
    "Giải quyết",
    "Tỷ lệ (%)",
    "Còn lại",
    "Vụ",
    "Bị can",
    "Vụ",
    "Bị can",
    "Vụ",
    "Bị cáo",
    "Thụ lý",
    "Giải quyết",
)
_WIDTHS = (26, 92, *(38,) * 3, 43, 40, 38, *(35,) * 6, *(44,) * 2, 40, 42)
_HEAD_ROWS = 3
_BLOCK = 1 + len(MONTHS)
_NOTE = (
    "Ghi chú: cột “Cũ” của cả quý là số chuyển sang từ đầu quý, cột “Còn lại” là số chưa giải quyết vào ngày cuối cùng "
    "của kỳ; các cột khác của quý là tổng của ba tháng. Tỷ lệ = số giải quyết / số cộng thụ lý."
)


def write_appendix(path: Path, *, seed: int) -> None:
    """Write the appendix; its figures are those of the report made from the same seed."""
    register_fonts()
    rows = table_rows(make_quarter(seed))
    numbering = [f"({number})" for number in range(1, len(_WIDTHS) + 1)]
    table = Table(
        [*_head(), numbering, *rows], colWidths=list(_WIDTHS), rowHeights=_heights(rows), repeatRows=_HEAD_ROWS
    )
    table.setStyle(TableStyle([*_lines(), *_spans(), *_blocks(len(rows))]))
    note = ParagraphStyle("note", parent=CENTRED, fontName=SERIF_ITALIC, fontSize=11, leading=15, alignment=0)
    story = [*_titles(), table, Spacer(1, 8), Paragraph(_NOTE, note), _signatures()]
    write_pdf(path, story, title=TITLE, wide=True)


def table_rows(quarter: Quarter) -> list[list[str]]:
    """Return the rows as printed: for each unit, then for all units, the quarter and its three months."""
    rows: list[list[str]] = []
    for number, unit in enumerate(quarter.units, start=1):
        rows.append([str(number), unit.unit, *_cells(unit.total())])
        rows += [["", f"Tháng {month}", *_cells(work)] for month, work in zip(MONTHS, unit.months, strict=True)]
    rows.append(["", "TOÀN KHU VỰC", *_cells(quarter.total())])
    rows += [["", f"Tháng {month}", *_cells(quarter.month(index))] for index, month in enumerate(MONTHS)]
    return rows


def _cells(work: Work) -> list[str]:
    return [
        str(work.reports_carried),
        str(work.reports_new),
        str(work.reports_handled),
        str(work.reports_settled),
        percent(work.settled_percent).rstrip("%"),
        str(work.reports_open),
        str(work.cases_opened),
        str(work.accused_opened),
        str(work.cases_charged),
        str(work.accused_charged),
        str(work.cases_tried),
        str(work.accused_tried),
        str(work.civil_received),
        str(work.civil_settled),
        str(work.recommendations),
        str(work.protests),
    ]


def _titles() -> list[Flowable]:
    title = ParagraphStyle("appendix", parent=CENTRED, leading=20, spaceAfter=2)
    attached = ParagraphStyle("attached", parent=title, fontName=SERIF_ITALIC, fontSize=13, spaceAfter=10)
    return [
        Paragraph("Phụ lục", title),
        Paragraph("SỐ LIỆU CÔNG TÁC KIỂM SÁT QUÝ III NĂM 2026 THEO ĐỊA BÀN", title),
        Paragraph(
            "(Kèm theo Báo cáo số 118/BC-VKSKV1 ngày 05 tháng 10 năm 2026 của Viện kiểm sát nhân dân khu vực 1)",
            attached,
        ),
    ]


def _signatures() -> Table:
    sign = ParagraphStyle("sign-table", parent=CENTRED, leading=19, spaceAfter=0)
    people = (("NGƯỜI LẬP BIỂU", CLERK), ("VIỆN TRƯỞNG", SIGNER))
    cells = [[Paragraph(role, sign), Spacer(1, 70), Paragraph(name, sign)] for role, name in people]
    return Table([cells], colWidths=[128 * mm, 128 * mm], spaceBefore=24)


def _head() -> list[list[Paragraph | str]]:
    style = ParagraphStyle("column", fontName=SERIF_BOLD, fontSize=9, leading=11.5, alignment=TA_CENTER)
    groups: list[Paragraph | str] = []
    for name, width in _GROUPS:
        groups += [Paragraph(name, style), *[""] * (width - 1)]
    columns: list[Paragraph | str] = ["", "", *(Paragraph(name, style) for name in _COLUMNS), "", ""]
    return [groups, columns]


def _heights(rows: list[list[str]]) -> list[float]:
    return [42, 28, 14, *[18.0] * len(rows)]


def _lines() -> list[_Command]:
    body = (0, _HEAD_ROWS)
    return [
        ("GRID", (0, 0), (-1, -1), 0.4, "black"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ("ALIGN", (1, _HEAD_ROWS), (1, -1), "LEFT"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (1, _HEAD_ROWS), (1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("FONT", (0, _HEAD_ROWS - 1), (-1, _HEAD_ROWS - 1), SERIF_ITALIC, 8),
        # Lining sans figures are easier to follow across sixteen columns.
        ("FONT", body, (-1, -1), SANS, 9.5),
        ("FONT", (1, _HEAD_ROWS), (1, -1), SERIF, 10),
    ]


def _spans() -> list[_Command]:
    spans: list[_Command] = []
    column = 0
    for _, width in _GROUPS:
        last_row = 1 if width == 1 else 0
        spans.append(("SPAN", (column, 0), (column + width - 1, last_row)))
        column += width
    return spans


def _blocks(count: int) -> list[_Command]:
    styles: list[_Command] = []
    for top in range(_HEAD_ROWS, _HEAD_ROWS + count, _BLOCK):
        shade = "#d9d9d9" if top + _BLOCK == _HEAD_ROWS + count else "#efefef"
        styles += [
            ("NOSPLIT", (0, top), (-1, top + _BLOCK - 1)),
            ("BACKGROUND", (0, top), (-1, top), shade),
            ("FONT", (0, top), (-1, top), SANS_BOLD, 9.5),
            ("FONT", (1, top), (1, top), SERIF_BOLD, 10),
            ("LEFTPADDING", (1, top + 1), (1, top + _BLOCK - 1), 14),
        ]
    return styles
