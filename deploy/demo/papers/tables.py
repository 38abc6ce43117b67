"""Captioned tables inside the text papers.

story += grid("Bảng 1. ...", ("STT", "Nội dung"), rows, widths=(36, 400))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table, TableStyle

from deploy.demo.papers.official import CAPTION, CELL, HEAD_CELL

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIGURE = ParagraphStyle("figure-cell", parent=CELL, alignment=1)
_BOLD_WORD = ParagraphStyle("bold-word-cell", parent=HEAD_CELL, alignment=0)


def grid(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    last_bold: bool = False,
) -> list[Flowable]:
    """Build a captioned table whose head is repeated when it runs over a page."""
    cells: list[list[Paragraph]] = [[Paragraph(text, HEAD_CELL) for text in head]]
    for number, row in enumerate(rows, start=1):
        bold = last_bold and number == len(rows)
        cells.append([_cell(text, bold=bold) for text in row])
    table = Table(cells, colWidths=list(widths), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, "black"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return [KeepTogether([Paragraph(caption, CAPTION), table, Spacer(1, 10)])]


def _cell(text: str, *, bold: bool) -> Paragraph:
    # Words start at the left, figures and dates stand in the middle.
    figure = text[:1].isdigit()
    if bold:
        return Paragraph(text, HEAD_CELL if figure else _BOLD_WORD)
    return Paragraph(text, _FIGURE if figure else CELL)
