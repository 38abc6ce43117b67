"""What meets in a room while another meeting would.

Rules: pure. A meeting that begins when another ends does not stand in its way; one that is over or cancelled is not
asked about. Two in one room at one time are said and never refused: the house may know better (as in a series, O6).

Usage::

    taking(meetings.among(PREPARING | LIVE), room, begins, minutes=90, but=meeting)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from server.meetings.ports import MeetingRow


def taking(
    rows: Iterable[MeetingRow], room: str, begins: dt.datetime, *, minutes: int, but: str = ""
) -> list[MeetingRow]:
    """Those of ``rows`` that meet in ``room`` within ``minutes`` of ``begins``, the earliest first; never ``but``."""
    ends = begins + dt.timedelta(minutes=minutes)
    found = [
        row
        for row in rows
        if row.room == room
        and row.id != but
        and row.starts_at < ends
        and begins < row.starts_at + dt.timedelta(minutes=row.planned_minutes)
    ]
    return sorted(found, key=lambda row: (row.starts_at, row.id))
