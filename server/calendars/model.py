"""Meetings as a calendar holds them (RFC 5545).

Rules (C): **C1** a meeting has one UID for ever, and its number in the log counts the changes (SEQUENCE), so that a
calendar moves what it has and adds nothing twice. **C2** moments are in UTC: no calendar has to know the house's zone.
**C3** a meeting that was cancelled is told as cancelled, not left out. **C4** an address without titles gives times
only: neither title, room nor role leaves the house.

Usage::

    shown = [entry for entry in entries if within(entry.starts_at, now)]
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from wire.ids import MeetingId
from wire.phases import Phase

#: How far a calendar looks back and ahead.
BACK: Final = dt.timedelta(days=90)
AHEAD: Final = dt.timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as it stands in a calendar. ``changes``: its number in the log."""

    meeting: MeetingId
    title: str
    type: str
    room_name: str
    starts_at: dt.datetime
    minutes: int
    phase: Phase
    changes: int
    #: when a meeting that is over was closed: it did not end as it was planned
    closed_at: dt.datetime | None = None


def within(starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a calendar of ``now`` reaches that far."""
    return now - BACK <= starts_at <= now + AHEAD
