"""What the calendar of working days refuses.

::

    Conflict
    └── TooManyDays    too-many-days
    NotFound
    └── NoSuchDay      no-such-day
"""

from __future__ import annotations

from server.errors import Conflict, NotFound


class TooManyDays(Conflict):
    """More days of one year than any year has; ``data["most"]``."""

    code = "too-many-days"


class NoSuchDay(NotFound):
    """Nothing was entered for that day."""

    code = "no-such-day"
