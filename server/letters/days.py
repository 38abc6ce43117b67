"""The day of a meeting in Viet Nam, for words and deadlines.

Rules: pure. A moment outside the years that working days are counted in (server/workdays/routes.py counts the same) has
no day: at the very ends of the calendar there is none in Viet Nam, and nobody meets there.

Usage: ``day_of(state.starts_at)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from server.attendance.table import HOUSE

_FIRST: Final = 2020
_LAST: Final = 2099


def day_of(at: dt.datetime | None) -> dt.date | None:
    """In Viet Nam; None without a moment, and outside the years above."""
    if at is None or not _FIRST - 1 <= at.year <= _LAST:
        return None
    day = at.astimezone(HOUSE).date()
    return day if _FIRST <= day.year <= _LAST else None
