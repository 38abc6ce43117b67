"""A meeting's events on their way: to the room as they happen, to a seat that asks (W42).

Rules: every event is of the meeting the message names. Room messages carry no head: the events'
own numbers and hashes do the work.

Usage::

    Events(meeting, (event,))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire import canonical
from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.messages.head import Head
from wire.remembered import Remembered


def _check(events: tuple[Event, ...], *, meeting: str) -> None:
    if any(event.meeting != meeting for event in events):
        raise BadField("events", "holds an event of another meeting")


def _read(fields: Fields) -> tuple[Event, ...]:
    return tuple(Event.from_value(item) for item in fields.items("events"))


def _written(events: tuple[Event, ...]) -> bytes:
    return canonical.encode([event.to_value() for event in events])


#: In the morning five hundred seats ask for the same hundred events.
_MADE: Final = Remembered(8)


@dataclass(frozen=True, slots=True)
class Log:
    """Server → seat: events it asked for; ``head_seq`` is the meeting's newest number (M3)."""

    TYPE: ClassVar[str] = "log"
    head: Head
    meeting: str
    head_seq: int
    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        _check(self.events, meeting=self.meeting)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "head_seq": self.head_seq,
            "events": [event.to_value() for event in self.events],
        }

    def written(self) -> bytes:
        """The canonical bytes of :meth:`to_value`: of the same events the long part is made once for all seats."""
        events, head = _MADE.of(_written, self.events), canonical.encode(self.head.to_value())
        meeting = canonical.encode(self.meeting)
        return b'{"events":%s,"head":%s,"head_seq":%d,"meeting":%s}' % (events, head, self.head_seq, meeting)

    @classmethod
    def read(cls, fields: Fields) -> Log:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            head_seq=fields.number("head_seq"),
            events=_read(fields),
        )


@dataclass(frozen=True, slots=True)
class Events:
    """Server → room: new events of a meeting, in order (sealed under the epoch)."""

    TYPE: ClassVar[str] = "events"
    meeting: str
    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        _check(self.events, meeting=self.meeting)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"meeting": self.meeting, "events": [event.to_value() for event in self.events]}

    @classmethod
    def read(cls, fields: Fields) -> Events:
        """Read and check."""
        return cls(meeting=fields.id("meeting", "m"), events=_read(fields))
