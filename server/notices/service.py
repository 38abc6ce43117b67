"""Use cases of messages: prepare, send, take away, read.

Rules W28, W96: each is an event of the meeting's log, committed before it is acknowledged; an act happens once.

Usage: ``notices.prepare(meeting, NewNotice(NoticeTo.SEATS, "…", sends=True), ask=ask)``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from server.idempotency.service import ActKey
from server.meetings.commands import By
from server.meetings.logbook import Decide
from server.meetings.service import MeetingService
from server.notices import model
from server.notices.model import NewNotice
from wire import ids
from wire.ids import MeetingId
from wire.notices import NoticeChange


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, as what the log calls them, under which idempotency key, when."""

    by: By
    actor: str
    key: ActKey
    now: dt.datetime


class NoticeService:
    """The messages of all meetings."""

    def __init__(self, meetings: MeetingService, *, random: Callable[[int], bytes]) -> None:
        self._meetings: Final = meetings
        self._random: Final = random

    def prepare(self, meeting: MeetingId, new: NewNotice, *, ask: Ask) -> dict[str, Any]:
        """Write one down, and send it if that is wanted; gives ``{seq, notice}``."""
        name = ids.new("g", self._random(ids.RANDOM_BYTES))
        return self._change(meeting, lambda log: model.prepare(log.state, name, new, by=ask.by), ask, name=name)

    def move(self, meeting: MeetingId, notice: str, change: NoticeChange, *, ask: Ask) -> dict[str, Any]:
        """Send it, or take it away; gives ``{seq, notice}``."""
        return self._change(meeting, lambda log: model.move(log.state, notice, change, by=ask.by), ask, name=notice)

    def read(self, meeting: MeetingId, notice: str, *, ask: Ask) -> dict[str, Any]:
        """Who got it has read it; gives ``{seq, notice}``."""
        return self._change(meeting, lambda log: model.read(log.state, notice, by=ask.by), ask, name=notice)

    def _change(self, meeting: MeetingId, decide: Decide, ask: Ask, *, name: str) -> dict[str, Any]:
        return self._meetings.change(
            meeting,
            actor=ask.actor,
            now=ask.now,
            decide=decide,
            key=ask.key,
            also=lambda _tx, _state: {"notice": name},
        )
