"""The cells of a CSV or XLSX file, as text.

Rules: the first sheet; rows that are empty are left out, the others keep the number that a spreadsheet shows. Formulas
are taken as they are written, never computed, and no cached value stands for them. What is larger than a list of people
can be is refused before it is unpacked.

Usage: ``read(data)`` gives ``[(1, ["Họ và tên", …]), (2, […]), …]``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from server.roster.errors import RosterBroken, RosterEncoding, RosterOldFormat, RosterTooLong
from server.roster.model import MOST_ROWS

MAX_COLUMNS: Final = 40
MAX_CELL: Final = 4_000
#: Of a workbook, unpacked: a list of five thousand people takes some five.
MAX_UNPACKED: Final = 48 * 2**20
MAX_PARTS: Final = 300
#: Rows that are looked at, empty ones too: programs keep formats of rows that nobody wrote in.
_MAX_LOOKED_AT: Final = 60_000
_OLD: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK"

Sheet = list[tuple[int, list[str]]]


def read(data: bytes) -> Sheet:
    """Raises RosterBroken, RosterOldFormat, RosterEncoding, RosterTooLong."""
    if data.startswith(_OLD):
        raise RosterOldFormat
    rows = _workbook(data) if data.startswith(_ZIP) else _text(data)
    found: Sheet = []
    for number, cells in enumerate(rows, 1):
        if number > _MAX_LOOKED_AT or len(found) > MOST_ROWS + 1:
            raise RosterTooLong(most=MOST_ROWS)
        if any(cell.strip() for cell in cells):
            found.append((number, cells))
    return found


def _workbook(data: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
        if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise RosterBroken
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        # The size that a workbook states of itself may be a lie, or missing.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield [_cell(value) for value in row]
    except (RosterBroken, MemoryError):
        raise
    except Exception as fault:
        # Whatever the library stumbles over, it is the file's fault.
        raise RosterBroken from fault


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
        case ArrayFormula():
            return f"={(value.text or '').removeprefix('=')}"[:MAX_CELL]
        case DataTableFormula():
            return "="
        case str() | int() | float() | dt.date() | dt.time() | dt.timedelta():
            return str(value)[:MAX_CELL]
        case _:
            # What an object of the library calls itself is nobody's text, and another one each time.
            raise RosterBroken


def _text(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    if "\0" in text:
        raise RosterBroken
    first = text.split("\n", 1)[0]
    # Spreadsheets of Vietnam separate with semicolons, those of others with commas.
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(100_000)
    try:
        yield from _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as fault:
        raise RosterBroken from fault


def _numbered(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for row in rows:
        yield [cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]]


def _decoded(data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise RosterEncoding from fault
