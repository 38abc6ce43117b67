"""What enters the distribution's queue.

Rules: values; what may be done about each, the distribution's thread knows.

Usage: ``queue.put(LinkChanged(is_up=True))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from server.distribution.acts import Performed
from server.fleet.model import FleetChange
from wire.events import Event
from wire.ids import MeetingId, RoomId
from wire.messages import Head, Message, Point, View
from wire.state import MeetingState
from wire.topics import Topic


@dataclass(frozen=True, slots=True)
class Came:
    """A message, as it came."""

    topic: Topic
    payload: bytes


@dataclass(frozen=True, slots=True)
class Hellos:
    """What seats said first, as it came, in its order."""

    came: tuple[Came, ...]


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The broker is there, or gone."""

    is_up: bool


@dataclass(frozen=True, slots=True)
class MeetingChanged:
    """Committed events of a meeting, and the states they lead from and to."""

    meeting: MeetingId
    events: tuple[Event, ...]
    before: MeetingState
    after: MeetingState


@dataclass(frozen=True, slots=True)
class MeetingGone:
    """A rehearsal was deleted; ``last`` is what it was."""

    meeting: MeetingId
    last: MeetingState


@dataclass(frozen=True, slots=True)
class RoundsChanged:
    """A round of signing of a meeting has changed."""

    meeting: MeetingId


@dataclass(frozen=True, slots=True)
class Say:
    """Something for one device, from another feature."""

    device: str
    build: Callable[[Head], Message]


@dataclass(frozen=True, slots=True)
class Pointed:
    """The presenter of a meeting points on the page, or sees that part of it."""

    room: RoomId
    point: Point | View


@dataclass(frozen=True, slots=True)
class AuditDue:
    """It is time to look for what nobody was told of."""


@dataclass(frozen=True, slots=True)
class AskDue:
    """It is time to ask who has not been heard since the connection is there."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The end."""


Entry: TypeAlias = (
    Came
    | Hellos
    | LinkChanged
    | MeetingChanged
    | MeetingGone
    | FleetChange
    | Performed
    | Pointed
    | RoundsChanged
    | Say
    | AskDue
    | AuditDue
    | Stop
)


def with_hellos_together(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries in their order, but hellos in lots; nothing that a device says overtakes its own hello."""
    hellos: list[Came] = []
    for entry in entries:
        if isinstance(entry, Came) and entry.topic.lane == "hello":
            hellos.append(entry)
            continue
        of_others = isinstance(entry, Came) and all(each.topic.owner != entry.topic.owner for each in hellos)
        if hellos and not of_others:
            yield Hellos(tuple(hellos))
            hellos = []
        yield entry
    if hellos:
        yield Hellos(tuple(hellos))
