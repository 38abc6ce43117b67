"""Working days: Monday to Friday, but for public holidays, and the deadlines that are counted in them.

Rules K1–K5: pure.

K1 Holidays by the date of the sun are known by law (Bộ luật Lao động 2019, Điều 112): 1/1, 30/4, 1/5, 2/9. One that
falls on a Saturday or Sunday is made up for on the next working day (Điều 111, khoản 3), and none of the days that make
up for two holidays is the same.
K2 Everything else the house enters, year by year, as the Government announces it: Tết, Giỗ Tổ, the second day of
Quốc khánh, days that were exchanged, Saturdays that are worked. What is entered beats K1.
K3 A deadline of n working days before a day is the n-th working day before it: whoever acts on that day is in time.
K4 A deadline of n working days after a day is the n-th working day after it.
K5 Answers are asked for by the last working day before the meeting (K3); when that is over already, by the day before
the meeting, or by the meeting's own. Never by a day that had passed when they were asked for.

Usage::

    days = WorkDays(entered)
    days.before(dt.date(2026, 11, 27), 3)        # 2026-11-24
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: Of a year's entries: Tết alone is five, and no year has more than some thirty.
MAX_DAYS: Final = 120
MAX_NAME: Final = 80
#: Nobody counts further; a calendar without a working day would never end.
_FURTHEST: Final = 3_660
_BY_LAW: Final = ((1, 1), (4, 30), (5, 1), (9, 2))
_SATURDAY: Final = 5


class Kind(enum.StrEnum):
    """What an entered day is."""

    OFF = "off"
    WORKED = "worked"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was entered, and why."""

    day: dt.date
    kind: Kind
    name: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"day": self.day.isoformat(), "kind": self.kind.value, "name": self.name}


@dataclass(frozen=True, slots=True)
class WorkDays:
    """The calendar of a house."""

    entered: Mapping[dt.date, Kind] = field(default_factory=dict)

    def is_worked(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        kind = self.entered.get(day)
        if kind is not None:
            return kind is Kind.WORKED
        return day.weekday() < _SATURDAY and day not in by_law(day.year)

    def before(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day before ``day`` (K3)."""
        return self._counted(day, count, step=-1)

    def after(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day`` (K4)."""
        return self._counted(day, count, step=1)

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many working days lie from ``first`` to ``last``, both of them counted; 0 when they are the wrong way."""
        span = (last - first).days + 1
        return sum(self.is_worked(first + dt.timedelta(days=number)) for number in range(max(0, span)))

    def _counted(self, day: dt.date, count: int, *, step: int) -> dt.date:
        left = count
        for number in range(1, _FURTHEST):
            found = day + dt.timedelta(days=step * number)
            left -= self.is_worked(found)
            if left == 0:
                return found
        raise OverflowError


def by_law(year: int) -> frozenset[dt.date]:
    """The days of K1 in a year, with those that make up for them."""
    return frozenset(_by_law(year))


def _by_law(year: int) -> Iterator[dt.date]:
    fixed = [dt.date(year, month, day) for month, day in _BY_LAW]
    taken = set(fixed)
    for holiday in fixed:
        yield holiday
        if holiday.weekday() < _SATURDAY:
            continue
        instead = holiday
        while instead.weekday() >= _SATURDAY or instead in taken:
            instead += dt.timedelta(days=1)
        taken.add(instead)
        yield instead


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Until when something is in time. ``conclusion``: None before the meeting has ended."""

    invitation: dt.date
    papers: dt.date
    answers: dt.date
    conclusion: dt.date | None


#: Working days before the meeting for invitation, papers and answers, and after it for the notice of conclusion.
INVITATION_DAYS: Final = 3
PAPERS_DAYS: Final = 2
ANSWERS_DAYS: Final = 1
CONCLUSION_DAYS: Final = 5


def answers_by(counted: dt.date, meeting: dt.date, *, asked: dt.date) -> dt.date | None:
    """Until when answers asked for on ``asked`` are in time; ``counted``: the day by K3. None once it is over (K5)."""
    eve = meeting - dt.timedelta(days=1)
    return next((day for day in (counted, eve, meeting) if asked <= day), None)


def deadlines(days: WorkDays, meeting: dt.date, *, closed: dt.date | None) -> Deadlines:
    """Of a meeting on a day; ``closed``: the day it ended."""
    return Deadlines(
        days.before(meeting, INVITATION_DAYS),
        days.before(meeting, PAPERS_DAYS),
        days.before(meeting, ANSWERS_DAYS),
        None if closed is None else days.after(closed, CONCLUSION_DAYS),
    )
