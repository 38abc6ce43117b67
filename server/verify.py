"""Reads a meeting's exported log without a server, and names the first event that is wrong (M2, W40–W43).

Rules: the file is what ``GET /api/meetings/<m>/events`` answers, from the first event. Events are looked at in the
order in which they lie there: each has to be one, with the hash of its own content, of this meeting, with the next
number, and to hold the hash of the one before; in the end the fold has to accept them all. What is wrong first is told
with the number that should stand there, and ends the reading: what comes after it leans on it.

Usage::

    log = read_log(Path("events.json").read_bytes())
    log.fault, len(log.events)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wire import canonical
from wire.errors import BrokenChain, WireError
from wire.events import Event, genesis
from wire.fields import Fields
from wire.fold import apply
from wire.state import MeetingState

_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong first; ``code`` has its words under ``verify`` in the catalogues."""

    code: str
    data: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Log:
    """``events`` follow one another without a fault; those from the faulty one on are not among them.

    ``doubtful``: the event that does not hold the hash of the one before, where that is the fault.
    """

    events: list[Event]
    fault: Fault | None = None
    doubtful: Event | None = None


def read_log(data: bytes) -> Log:
    """The log, or its events up to the first that is wrong."""
    try:
        value = canonical.decode_lenient(data)
        entries = value if isinstance(value, list) else Fields(value, "file").items("events", limit=_MOST)
    except WireError as exc:
        return Log([], Fault("log-unreadable", {"why": str(exc)}))
    if not entries:
        return Log([], Fault("log-empty"))
    return _folded(_chained(entries))


def _chained(entries: Sequence[Any]) -> Log:
    events: list[Event] = []
    for entry in entries:
        seq = len(events) + 1
        try:
            event = Event.from_value(entry)
        except BrokenChain:
            return Log(events, Fault("log-event-changed", {"seq": seq}))
        except WireError as exc:
            return Log(events, Fault("log-event-unreadable", {"seq": seq, "why": str(exc)}))
        if events and event.meeting != events[0].meeting:
            return Log(events, Fault("log-event-foreign", {"seq": seq}))
        if event.seq != seq:
            return Log(events, _misplaced(event.seq, seq, entries))
        if event.prev != (events[-1].hash if events else genesis(event.meeting)):
            return Log(events, Fault("log-event-unlinked", {"seq": seq}), event)
        events.append(event)
    return Log(events)


def _misplaced(found: int, seq: int, entries: Sequence[Any]) -> Fault:
    """Number ``found`` stands where ``seq`` should: put in once more, moved, or what was between is gone."""
    if found < seq:
        return Fault("log-event-twice", {"seq": found})
    later = {number for each in entries[seq:] if isinstance(number := _stated(each), int)}
    if seq in later:
        return Fault("log-event-moved", {"seq": seq, "found": found})
    if found - 1 == seq:
        return Fault("log-event-missing", {"seq": seq})
    return Fault("log-events-missing", {"seq": seq, "until": found - 1})


def _stated(entry: Any) -> Any:
    return entry.get("seq") if isinstance(entry, dict) else None


def _folded(log: Log) -> Log:
    """The same log, unless one of its events could not have happened."""
    state = MeetingState()
    for number, event in enumerate(log.events):
        try:
            state = apply(state, event)
        except WireError as exc:
            return Log(log.events[:number], Fault("log-event-impossible", {"seq": event.seq, "why": str(exc)}), event)
    return log
