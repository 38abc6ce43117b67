"""The book as a table for spreadsheets, in the columns of a sheet that follows a device.

Usage: ``csv_of(rows_of(book.entries()))``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from server.spreadsheets import Row
from server.upkeep.model import Entry, Kind

HEAD: Final = (
    "Số", "Ngày", "Phòng", "Chỗ ngồi", "Số hiệu", "Mã thiết bị", "Loại việc", "Tình trạng, hiện tượng", "Việc đã làm",
    "Người, đơn vị thực hiện", "Chi phí (đồng)", "Ngày xong", "Người ghi",
)  # fmt: skip
KINDS: Final = {Kind.FAULT: "Hỏng hóc", Kind.UPKEEP: "Bảo trì", Kind.REPLACEMENT: "Thay thế"}


def rows_of(entries: Iterable[Entry]) -> Sequence[Row]:
    """The head, then a row an entry; days as 21/11/2026."""
    return [HEAD, *(_row(entry) for entry in entries)]


def _row(entry: Entry) -> Row:
    it, said = entry.terminal, entry.said
    cost = "" if said.cost is None else said.cost
    ended = "Chưa xong" if said.closed_on is None else _day(said.closed_on)
    found = said.found or ("Thay thiết bị" if entry.is_swap else "")
    return [
        entry.number, _day(said.day), it.room_name, it.seat_label, it.serial, it.device, KINDS[said.kind], found,
        said.done, said.by_whom, cost, ended, entry.by_name,
    ]  # fmt: skip


def _day(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")
