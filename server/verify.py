"""Checks a meeting's exported log without a server (M2, W40–W43).

Rules: the file is what ``GET /api/meetings/<m>/events`` answers, from the first event; every hash is computed again,
every event has to follow the one before, and the fold has to accept it.

Usage: ``verify_log(Path("events.json").read_bytes()).last_hash``.
"""

from __future__ import annotations

from dataclasses import dataclass

from wire import canonical
from wire.errors import BadField
from wire.events import Event, check_chain
from wire.fields import Fields, print_instant
from wire.fold import fold


@dataclass(frozen=True, slots=True)
class Verified:
    """What was verified; the moments as RFC 3339, the hash in hexadecimal."""

    meeting: str
    events: int
    first_at: str
    last_at: str
    last_hash: str


def verify_log(data: bytes) -> Verified:
    """Check the whole log; raises a WireError that says what is wrong and where."""
    value = canonical.decode_lenient(data)
    entries = value if isinstance(value, list) else Fields(value, "file").items("events", limit=1_000_000)
    events = [Event.from_value(entry) for entry in entries]
    if not events:
        raise BadField("file.events", "is empty")
    check_chain(events, after=None, meeting=events[0].meeting)
    fold(events)
    return Verified(
        meeting=events[0].meeting,
        events=len(events),
        first_at=print_instant(events[0].at),
        last_at=print_instant(events[-1].at),
        last_hash=events[-1].hash,
    )
