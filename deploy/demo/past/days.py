"""Days of the house around the one on which the demo is made.

Rules: pure; days are those of Viet Nam, Saturdays and Sundays are left out.

Usage: ``Days(today).moment(-10, 8, 30)``: half past eight, ten working days ago.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

LOCAL: Final = dt.timezone(dt.timedelta(hours=7))
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Days:
    """Around ``today``."""

    today: dt.date

    @classmethod
    def around(cls, now: dt.datetime) -> Days:
        """Around the day of this moment."""
        return cls(now.astimezone(LOCAL).date())

    def day(self, number: int) -> dt.date:
        """So many working days from today on, or ago; 0 is today, whatever day it is."""
        found, step = self.today, dt.timedelta(days=1 if number > 0 else -1)
        for _ in range(abs(number)):
            found += step
            while found.weekday() >= _SATURDAY:
                found += step
        return found

    def moment(self, number: int, hour: int, minute: int = 0) -> dt.datetime:
        """At that time of that day, in UTC."""
        day = self.day(number)
        return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL).astimezone(dt.UTC)
