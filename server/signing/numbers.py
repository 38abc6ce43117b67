"""Numbers of papers as values (NĐ 30/2020 Điều 15; G63): what is asked of the register, and what it gives.

Usage: ``Wanted(round_id, dt.date(2026, 11, 22), "/TB-VKS")``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

#: How papers are grouped into series is the head of the agency's decision: all in one, or each kind in its own.
SERIES: Final = "all"
#: The kinds that have a name (NĐ 30/2020, Phụ lục III); what has none, as a công văn, is of the common series.
_NAMED: Final = "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB SY TrS SL"
TYPES: Final = frozenset(_NAMED.split(" "))


def series_of(notation: str, *, by_kind: bool) -> str:
    """The series of a paper, by what follows its number: ``/GM-VKSTA`` is of ``GM``."""
    head = notation.removeprefix("/").partition("-")[0]
    return head if by_kind and head in TYPES else SERIES


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number for the paper of ``round``, dated ``day``; ``first``: with which the year is to go on, or 0."""

    round: str
    day: dt.date
    notation: str
    first: int = 0
    series: str = SERIES

    @property
    def year(self) -> int:
        """Of the series."""
        return self.day.year


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was given."""

    number: int
    notation: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register: the number, the paper it was given to, by whom and when."""

    number: Number
    series: str
    round: str
    title: str
    kind: str
    meeting: str
    person: str
    at: dt.datetime
