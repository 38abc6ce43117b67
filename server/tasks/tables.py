"""The figures of tasks for spreadsheets: CSV, and a workbook with a sheet for units and one for months.

Usage: ``csv_of(told)``, ``xlsx_of(told)`` of what ``counting.counted`` gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from server import spreadsheets
from server.spreadsheets import Row, Sheet
from server.tasks.counting import KINDS

Told = Mapping[str, Sequence[Mapping[str, Any]]]
_COLUMNS: Final = ("Xong đúng hạn", "Xong quá hạn", "Đang làm", "Quá hạn", "Tổng")
_SHEETS: Final = (("units", "name", "Đơn vị"), ("months", "month", "Tháng đến hạn"))


def csv_of(told: Told) -> bytes:
    """The months below the units."""
    return spreadsheets.csv_of(*(_rows(told[part], key, head) for part, key, head in _SHEETS))


def xlsx_of(told: Told) -> bytes:
    """Two sheets."""
    return spreadsheets.xlsx_of(Sheet(head, _rows(told[part], key, head)) for part, key, head in _SHEETS)


def _rows(rows: Sequence[Mapping[str, Any]], key: str, head: str) -> Iterator[Row]:
    yield (head, *_COLUMNS)
    for row in rows:
        counts = [int(row[kind]) for kind in KINDS]
        yield (str(row[key]), *counts, sum(counts))
