"""Writes a calendar with a library made for it (icalendar).

Rules: docs/DOCUMENTS.md, C1–C4.

Usage: ``text = written([entry], name="Lịch họp", titles=True, now=now, base="https://…/")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from icalendar import Calendar, Event

from server.calendars.model import Entry
from wire.phases import Phase

_PRODUCT: Final = "-//Phòng họp không giấy//VI"
_BUSY: Final = "Họp"
_STATUS: Final = {Phase.DRAFT: "TENTATIVE", Phase.SUBMITTED: "TENTATIVE", Phase.CANCELLED: "CANCELLED"}
#: Somebody may write a year that no calendar has.
_LAST: Final = dt.datetime(9998, 12, 31, tzinfo=dt.UTC)
#: How often a calendar is asked to look again.
_AGAIN: Final = "PT30M"


def written(entries: Sequence[Entry], *, name: str, titles: bool, now: dt.datetime, base: str) -> bytes:
    """The calendar; ``base``: the console's address, for the way back from an entry."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", _AGAIN)
    calendar.add("x-published-ttl", _AGAIN)
    for entry in entries:
        calendar.add_component(_event(entry, titles=titles, now=now, base=base))
    found: bytes = calendar.to_ical()
    return found


def _end(entry: Entry, begins: dt.datetime) -> dt.datetime:
    """As it was, of a meeting that is over; as it is planned, of another."""
    if entry.closed_at is not None and entry.closed_at > begins:
        return entry.closed_at.astimezone(dt.UTC).replace(microsecond=0)
    return min(begins, _LAST) + dt.timedelta(minutes=max(1, entry.minutes))


def _event(entry: Entry, *, titles: bool, now: dt.datetime, base: str) -> Event:
    event = Event()
    begins = entry.starts_at.astimezone(dt.UTC).replace(microsecond=0)
    event.add("uid", f"{entry.meeting}@phonghop")
    event.add("dtstamp", now.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", begins)
    event.add("dtend", _end(entry, begins))
    event.add("sequence", entry.changes)
    event.add("status", _STATUS.get(entry.phase, "CONFIRMED"))
    if not titles:
        event.add("summary", _BUSY)
        event.add("class", "PRIVATE")
        return event
    event.add("summary", entry.title)
    event.add("location", entry.room_name)
    if entry.type:
        event.add("categories", [entry.type])
    event.add("url", f"{base}#/meetings/{entry.meeting}")
    return event
