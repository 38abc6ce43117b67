"""The figures for spreadsheets: CSV, and a workbook with a sheet for units and one for months.

Rules: a cell that a spreadsheet would take for a formula gets an apostrophe before it, and in the workbook every text
is kept as text: the name of a unit computes nothing.

Usage: ``csv_of(told)``, ``xlsx_of(told)`` of what ``counting.counted`` gave.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font

from server.attendance.table import harmless
from server.tasks.counting import KINDS

Told = Mapping[str, Sequence[Mapping[str, Any]]]
_COLUMNS: Final = ("Xong đúng hạn", "Xong quá hạn", "Đang làm", "Quá hạn", "Tổng")
_SHEETS: Final = (("units", "name", "Đơn vị"), ("months", "month", "Tháng đến hạn"))
_MARK: Final = "\ufeff"
_WIDE: Final = 44


def csv_of(told: Told) -> bytes:
    """RFC 4180, UTF-8 with its mark; the months below the units."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for at, (part, key, head) in enumerate(_SHEETS):
        if at:
            writer.writerow([])
        for row in _rows(told[part], key, head):
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return (_MARK + target.getvalue()).encode("utf-8")


def xlsx_of(told: Told) -> bytes:
    """Two sheets."""
    book = Workbook()
    book.remove(book.active)
    for part, key, head in _SHEETS:
        sheet = book.create_sheet(head)
        sheet.column_dimensions["A"].width = _WIDE
        for number, row in enumerate(_rows(told[part], key, head), 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column, harmless(value) if isinstance(value, str) else value)
                cell.font = Font(bold=number == 1)
        sheet.freeze_panes = "B2"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(rows: Sequence[Mapping[str, Any]], key: str, head: str) -> Iterator[tuple[str | int, ...]]:
    yield (head, *_COLUMNS)
    for row in rows:
        counts = [int(row[kind]) for kind in KINDS]
        yield (str(row[key]), *counts, sum(counts))
