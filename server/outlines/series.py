"""The days of a series, and where they go when offices are closed.

Rules O5–O7: pure.

O5 Weekly: every so many weeks on the day of the first. Monthly: on the date of the first – the last day of a month that
is shorter –, or on its weekday of the month, the fifth being the last.
O6 A day on which offices are closed is shown as it was counted, and goes to the working day after or before it, or
stays; the days after it are counted from the rule, never from a day that moved.
O7 Two that would meet on one day are both shown; nobody decides for the secretary which one stays.

Usage::

    found = planned(Rule.WEEKLY, first=dt.date(2026, 11, 30), every=1, count=8)
    moved(found, is_worked, Move.AFTER)
"""

from __future__ import annotations

import calendar
import datetime as dt
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 60
MAX_EVERY: Final = 12
#: The longest holiday is not half as long.
_FURTHEST: Final = 40
_WEEK: Final = 7


class Rule(enum.StrEnum):
    """hằng tuần · hằng tháng, cùng ngày · hằng tháng, cùng thứ."""

    WEEKLY = "weekly"
    MONTHLY_DATE = "monthly-date"
    MONTHLY_WEEKDAY = "monthly-weekday"


class Move(enum.StrEnum):
    """sang ngày làm việc sau · về ngày làm việc trước · giữ nguyên."""

    AFTER = "after"
    BEFORE = "before"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Planned:
    """``counted``: by the rule; ``day``: where it goes; ``twice``: another of the series is on that day."""

    counted: dt.date
    day: dt.date
    off: bool
    twice: bool = False

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "counted": self.counted.isoformat(),
            "day": self.day.isoformat(),
            "off": self.off,
            "moved": self.day != self.counted,
            "twice": self.twice,
        }


def planned(rule: Rule, *, first: dt.date, every: int, count: int) -> list[dt.date]:
    """The days by the rule, the first among them (O5)."""
    if rule is Rule.WEEKLY:
        return [first + dt.timedelta(weeks=every * number) for number in range(count)]
    months = [_month(first, every * number) for number in range(count)]
    if rule is Rule.MONTHLY_DATE:
        return [dt.date(year, month, min(first.day, _length(year, month))) for year, month in months]
    return [_weekday(year, month, first) for year, month in months]


def moved(days: Sequence[dt.date], is_worked: Callable[[dt.date], bool], move: Move) -> list[Planned]:
    """Where each goes (O6, O7)."""
    found = [Planned(day, _open_day(day, is_worked, move), off=not is_worked(day)) for day in days]
    all_days = [each.day for each in found]
    return [Planned(one.counted, one.day, one.off, twice=all_days.count(one.day) > 1) for one in found]


def _open_day(day: dt.date, is_worked: Callable[[dt.date], bool], move: Move) -> dt.date:
    if move is Move.KEEP:
        return day
    step = dt.timedelta(days=1 if move is Move.AFTER else -1)
    for number in range(_FURTHEST):
        if is_worked(day + number * step):
            return day + number * step
    return day


def _month(first: dt.date, months: int) -> tuple[int, int]:
    year, month = divmod(first.month - 1 + months, 12)
    return first.year + year, month + 1


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _weekday(year: int, month: int, first: dt.date) -> dt.date:
    """The same weekday of the month as ``first`` is; the fifth is the last."""
    nth = (first.day - 1) // _WEEK
    begin = dt.date(year, month, 1)
    day = 1 + (first.weekday() - begin.weekday()) % _WEEK + nth * _WEEK
    while day > _length(year, month):
        day -= _WEEK
    return dt.date(year, month, day)
