"""Tables for spreadsheets: CSV, and a workbook (XLSX, ECMA-376) in which every cell is text or a number.

Rules: the house's one writer; nothing that a person typed computes anything. In CSV a cell that a spreadsheet would
take for a formula gets an apostrophe before it; in a workbook words are inline strings, which never are one, and stay
text when somebody edits the cell. What no XML document may hold is left out, so that every workbook opens.

Usage::

    csv_of(head_and_rows)                         # bytes: UTF-8 with its mark, RFC 4180
    xlsx_of([Sheet("Đơn vị", head_and_rows)])
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as WorkbookCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell: TypeAlias = str | int | float
Row: TypeAlias = Sequence[Cell]

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK: Final = "\ufeff"
#: What Excel, LibreOffice and their relatives take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
#: The most a cell may hold (ECMA-376, 18.3.1.96 and the limits of Excel).
_MOST: Final = 32_000
#: What no XML document may hold (XML 1.0, 2.2): one such character, and no program opens the workbook.
_NO_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_WIDE, _OTHERS_WIDE = 44, 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows``: the first is the head; ``widths``: of the columns in letters, the last one for all that follow.

    ``title``: at most 31 letters, no brackets, colons, strokes, stars or question marks.
    """

    title: str
    rows: Iterable[Row]
    widths: Sequence[int] = (_FIRST_WIDE, _OTHERS_WIDE)


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def csv_of(*tables: Iterable[Row]) -> bytes:
    """RFC 4180, UTF-8 with its mark; an empty line between two tables."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for at, rows in enumerate(tables):
        if at:
            writer.writerow([])
        for row in rows:
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return (MARK + target.getvalue()).encode("utf-8")


def xlsx_of(sheets: Iterable[Sheet]) -> bytes:
    """The workbook; heads are bold and stay in sight."""
    book = Workbook()
    book.remove(book.active)
    for each in sheets:
        page = book.create_sheet(each.title)
        columns = 0
        for number, row in enumerate(each.rows, 1):
            columns = max(columns, len(row))
            for column, value in enumerate(row, 1):
                _write(page.cell(number, column), value, is_head=number == 1)
        for column in range(columns):
            width = each.widths[min(column, len(each.widths) - 1)]
            page.column_dimensions[get_column_letter(column + 1)].width = width
        page.freeze_panes = "B2"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _write(cell: WorkbookCell, value: Cell, *, is_head: bool) -> None:
    if isinstance(value, str):
        cell.value = _NO_XML.sub("", value[:_MOST])
        cell.data_type = "s"
        cell.quotePrefix = True
    else:
        cell.value = value
    if is_head:
        cell.font = Font(bold=True)
