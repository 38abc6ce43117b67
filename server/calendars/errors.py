"""What calendars refuse.

::

    NotFound
    └── NoSuchCalendar    calendar-address-unknown
"""

from __future__ import annotations

from server.errors import NotFound


class NoSuchCalendar(NotFound):
    """The address was never given, was taken back, or belongs to an account that is disabled."""

    code = "calendar-address-unknown"
