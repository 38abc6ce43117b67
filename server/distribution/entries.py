"""What enters the distribution's queue.

Rules: values; what may be done about each, the distribution's thread knows.

Usage: ``queue.put(LinkChanged(is_up=True))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from server.distribution.acts import Performed
from server.fleet.model import FleetChange
from wire.events import Event
from wire.ids import MeetingId
from wire.messages import Head, Message
from wire.state import MeetingState
from wire.topics import Topic


@dataclass(frozen=True, slots=True)
class Came:
    """A message, as it came."""

    topic: Topic
    payload: bytes


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
class RoundsChanged:
    """A round of signing of a meeting has changed."""

    meeting: MeetingId


@dataclass(frozen=True, slots=True)
class Say:
    """Something for one device, from another feature."""

    device: str
    build: Callable[[Head], Message]


@dataclass(frozen=True, slots=True)
class AuditDue:
    """It is time to look for what nobody was told of."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The end."""


Entry: TypeAlias = Came | LinkChanged | MeetingChanged | FleetChange | Performed | RoundsChanged | Say | AuditDue | Stop
