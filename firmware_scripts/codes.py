"""The list of terminals to come: serial, one-time code, room and seat, as IT keeps it and the console takes it.

Rules: codes are made here, eighty bits each, and stand in this file and on the card of their terminal alone; the file
is written whole or not at all, readable by its owner only. What stands in other columns stays. CSV with commas,
semicolons or tabs, as spreadsheets write it.

Usage::

    listed = read(Path("danh-sach.csv"))
    listed.make_codes(secrets.token_bytes)
    listed.write(); listed.code_of("PH-0001")
"""

from __future__ import annotations

import base64
import csv
import io
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_scripts.errors import RecipeWrong

#: As the console's template calls them (server/enrolment/model.py).
SERIAL: Final = ("Số hiệu", "Số hiệu thiết bị", "Số máy", "Serial")
CODE: Final = ("Mã một lần", "Mã", "One-time code", "Code")
MOST_ROWS: Final = 2_000
_LETTERS: Final = 16
_RANDOM_BYTES: Final = 10
_MARK: Final = "\ufeff"


@dataclass(slots=True)
class Listed:
    """The rows of a file; ``serial`` and ``code``: where their columns stand."""

    path: Path
    rows: list[list[str]] = field(repr=False)
    serial: int
    code: int
    delimiter: str

    def make_codes(self, random: Callable[[int], bytes]) -> int:
        """A code for every serial that has none; how many were made. Raises :class:`RecipeWrong` without a serial."""
        if not self._body():
            raise RecipeWrong(f"{self.path}: chưa có số hiệu nào · no row has a serial")
        made = 0
        for row in self._body():
            if not row[self.code].strip():
                row[self.code] = new_code(random)
                made += 1
        return made

    def code_of(self, serial: str) -> str:
        """Raises :class:`RecipeWrong` unless exactly one row has this serial."""
        found = [row[self.code].strip() for row in self._body() if row[self.serial].strip() == serial]
        if len(found) != 1:
            raise RecipeWrong(
                f"{self.path}: số hiệu {serial} có {len(found)} dòng, cần đúng một · "
                f"{len(found)} rows of the serial {serial}, one is needed"
            )
        return found[0]

    def write(self) -> None:
        """Keep it, codes and all, with whom it belongs to: who runs this as root does not take it from them."""
        target = io.StringIO()
        csv.writer(target, delimiter=self.delimiter, lineterminator="\r\n").writerows(self.rows)
        beside = self.path.with_name(f".{self.path.name}.new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            before = self.path.stat()
            os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fchmod(file.fileno(), 0o600)
            file.write((_MARK + target.getvalue()).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _body(self) -> list[list[str]]:
        return [row for row in self.rows[1:] if row[self.serial].strip()]


def read(path: Path) -> Listed:
    """The list; raises :class:`RecipeWrong`, OSError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise RecipeWrong(f"{path}: không phải CSV UTF-8 · no CSV in UTF-8 ({wrong})") from wrong
    if not rows or len(rows) - 1 > MOST_ROWS:
        raise RecipeWrong(f"{path}: cần dòng tiêu đề và nhiều nhất {MOST_ROWS} dòng · needs a head and at most so many")
    serial, code = (_column(path, rows[0], names) for names in (SERIAL, CODE))
    for row in rows:
        row.extend([""] * (len(rows[0]) - len(row)))
    return Listed(path, rows, serial, code, delimiter)


def new_code(random: Callable[[int], bytes]) -> str:
    """Eighty bits in four groups of four letters, which no spreadsheet takes for a number."""
    letters = base64.b32encode(random(_RANDOM_BYTES)).decode("ascii")[:_LETTERS]
    return "-".join(letters[at : at + 4] for at in range(0, _LETTERS, 4))


def _column(path: Path, head: list[str], names: tuple[str, ...]) -> int:
    wanted = {_folded(name) for name in names}
    for at, cell in enumerate(head):
        if _folded(cell).rstrip("* ") in wanted:
            return at
    raise RecipeWrong(f"{path}: thiếu cột “{names[0]}” · the column is missing")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
