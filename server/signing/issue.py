"""Number and date of a paper, which the registry gives after the leader has signed (NĐ 30/2020 Điều 5, 15).

Rules G61: the paper leaves room for them in its own lines – ``Số:      /TB-VKS`` and ``ngày   tháng năm`` –, in the
upper half of the first page, bare or dotted; where that is, the text alone says. Minutes have a number and no line of
the date (Mẫu 1.9): of them the number alone stands on the page, and the day in the register. Numbers below 10, and the
days and months below 10 and 3, have a zero before them (Phụ lục I). A year that is printed already must be that of the
date.

Usage::

    blanks = find(texts[0])                          # raises RoomMissing, NoRoomForMark
    values(blanks, number=7, day=dt.date(2026, 3, 5))      # {Part.NUMBER: "07", Part.DAY: "05", …}
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pages.model import PageText, Word
from server.signing import fonts
from server.signing.errors import NoRoomForMark, RoomMissing, YearPrinted
from server.signing.model import Rect

#: As the lines of number and date are set (Phụ lục I: 13 … 14).
SIZE: Final = 13.0
_DOTS: Final = ".…_ "
#: The widest that may be written.
_ROOM: Final = {"number": "000", "day": "00", "month": "00", "year": "0000"}
#: From the baseline of the line: room for a figure, and a little under it.
_ABOVE: Final = 13.0
BELOW: Final = 4.0
_LINE: Final = 4.0
#: A word's box ends where the deepest letter of its font would (pages/words.py): of fonts in Times' measures, and of
#: those like them, a little more than a fifth of the box is below the baseline.
_DEPTH: Final = 0.22
#: Points: a terminal takes no wider field (G62).
WIDEST: Final = 160.0
#: Letters of what follows the number, as the register keeps it.
MAX_NOTATION: Final = 60
NUMBER_LINE: Final = "Số: … /…"
DATE_LINE: Final = "ngày … tháng … năm …"


class Part(enum.StrEnum):
    """What is filled in; the values name the fields in the file."""

    NUMBER = "SoVanBan"
    DAY = "NgayBanHanh"
    MONTH = "ThangBanHanh"
    YEAR = "NamBanHanh"

    @property
    def spoken(self) -> str:
        """What a screen reader calls the field (ISO 32000, table 220, TU)."""
        return _SPOKEN[self]


_SPOKEN = {
    Part.NUMBER: "Số văn bản",
    Part.DAY: "Ngày ban hành",
    Part.MONTH: "Tháng ban hành",
    Part.YEAR: "Năm ban hành",
}


@dataclass(frozen=True, slots=True)
class Blank:
    """Room on the first page; ``dotted``: there are dots to be covered."""

    part: Part
    rect: Rect
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Blanks:
    """All of a paper; ``year``: printed already, or 0 when it is a blank; ``notation``: what follows the number."""

    parts: tuple[Blank, ...]
    notation: str
    year: int = 0


def find(page: PageText, *, dated: bool = True) -> Blanks:
    """The room for number and date, or the number alone; raises RoomMissing, NoRoomForMark."""
    upper = [word for word in page.words if word.y0 < page.height / 2]
    lines = list(_lines([part for word in upper for part in _parted(word)]))
    number, notation = _number(lines)
    if len(notation) > MAX_NOTATION:
        raise RoomMissing(line=NUMBER_LINE)
    date, year = _date(lines) if dated else ([], 0)
    return Blanks((number, *date), notation, year)


def values(blanks: Blanks, *, number: int, day: dt.date) -> Mapping[Part, str]:
    """What is written into these blanks; raises YearPrinted when the paper names another year."""
    return written([blank.part for blank in blanks.parts], number=number, day=day, year=blanks.year)


def written(parts: Sequence[Part], *, number: int, day: dt.date, year: int) -> Mapping[Part, str]:
    """What is written into ``parts``; ``year``: printed already, or 0. Raises YearPrinted when it is another one."""
    if year and year != day.year:
        raise YearPrinted(printed=year, year=day.year)
    texts = {
        Part.NUMBER: f"{number:02d}",
        Part.DAY: f"{day.day:02d}",
        Part.MONTH: f"{day.month:02d}" if day.month < 3 else str(day.month),
        Part.YEAR: str(day.year),
    }
    return {part: texts[part] for part in parts}


def _number(lines: Sequence[list[Word]]) -> tuple[Blank, str]:
    for words in lines:
        for here, after in itertools.pairwise(words):
            head, stroke, notation = after.text.partition("/")
            if _plain(here.text) == "số:" and stroke and not head.strip(_DOTS):
                start = after.x0 + (after.x1 - after.x0) * _share(head, after.text)
                return _blank(Part.NUMBER, _baseline(here), here.x1, start, dotted=bool(head)), f"/{notation}"
            if _plain(here.text) == "số:" and not after.text.strip(_DOTS):
                last = next((one for one in words if one.text.startswith("/") and one.x0 >= after.x1), None)
                if last is not None:
                    return _blank(Part.NUMBER, _baseline(here), here.x1, last.x0, dotted=True), last.text
    raise RoomMissing(line=NUMBER_LINE)


def _parted(word: Word) -> Iterator[Word]:
    """``Số:……/TB`` is set without a space often enough: two words."""
    head, colon, rest = word.text.partition(":")
    if not rest or _plain(head + colon) != "số:":
        yield word
        return
    middle = word.x0 + (word.x1 - word.x0) * _share(head + colon, word.text)
    yield Word(word.x0, word.y0, middle, word.y1, head + colon)
    yield Word(middle, word.y0, word.x1, word.y1, rest)


def _share(head: str, whole: str) -> float:
    return fonts.width(head, SIZE) / fonts.width(whole, SIZE) if head else 0.0


def _date(lines: Sequence[list[Word]]) -> tuple[list[Blank], int]:
    for words in lines:
        solid = [one for one in words if one.text.strip(_DOTS + ",")]
        at = {_plain(one.text): place for place, one in enumerate(solid)}
        if not {"ngày", "tháng", "năm"} <= set(at) or not at["ngày"] + 2 == at["tháng"] + 1 == at["năm"]:
            continue
        day, month, year = (solid[at[name]] for name in ("ngày", "tháng", "năm"))
        dots = [one for one in words if not one.text.strip(_DOTS + ",")]
        baseline = _baseline(year)
        found = [_between(Part.DAY, baseline, day, month, dots), _between(Part.MONTH, baseline, month, year, dots)]
        after = solid[at["năm"] + 1 : at["năm"] + 2]
        if after and after[0].text.strip(_DOTS).isdecimal() and len(after[0].text.strip(_DOTS)) == 4:
            return found, int(after[0].text.strip(_DOTS))
        width = fonts.width(_ROOM["year"], SIZE) + 4
        later = [one for one in dots if one.x0 >= year.x1 - 1]
        found.append(_blank(Part.YEAR, baseline, year.x1, year.x1 + width, dotted=bool(later)))
        return found, 0
    raise RoomMissing(line=DATE_LINE)


def _baseline(word: Word) -> float:
    return word.y1 - (word.y1 - word.y0) * _DEPTH


def _between(part: Part, baseline: float, left: Word, right: Word, dots: Sequence[Word]) -> Blank:
    dotted = any(left.x1 - 1 <= one.x0 and one.x1 <= right.x0 + 1 for one in dots)
    return _blank(part, baseline, left.x1, right.x0, dotted=dotted)


def must_hold(blanks: Blanks, number: int) -> None:
    """Whether this number would be seen whole; raises NoRoomForMark."""
    room = next(blank.rect for blank in blanks.parts if blank.part is Part.NUMBER)
    if fonts.width(f"{number:02d}", SIZE) > room.width + 0.01:
        raise NoRoomForMark(page=1)


def _blank(part: Part, baseline: float, left: float, right: float, *, dotted: bool) -> Blank:
    spare = right - left - fonts.width(_ROOM[part.name.lower()], SIZE)
    if spare < 0 or right - left > WIDEST:
        raise NoRoomForMark(page=1)
    apart = min(0.5, spare / 2)
    return Blank(part, Rect(left + apart, baseline - _ABOVE, right - apart, baseline + BELOW), dotted)


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words that stand on one line, from left to right."""
    waiting = sorted(words, key=lambda one: (one.y0 + one.y1, one.x0))
    while waiting:
        first = waiting[0]
        middle = (first.y0 + first.y1) / 2
        line = [one for one in waiting if abs((one.y0 + one.y1) / 2 - middle) <= _LINE]
        waiting = [one for one in waiting if one not in line]
        yield sorted(line, key=lambda one: one.x0)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip(",;").casefold()
