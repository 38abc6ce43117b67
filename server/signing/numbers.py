"""Numbers of papers as values (NĐ 30/2020 Điều 15; G63): what is asked of the register, and what it gives.

Usage: ``Wanted(round_id, dt.date(2026, 11, 22), "/TB-VKS")``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

#: How papers are grouped into series is the head of the agency's decision; so far all are of one.
SERIES: Final = "all"


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
