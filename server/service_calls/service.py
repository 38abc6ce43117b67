"""Use cases of service calls: ask, cancel, take, end; what waits in the whole house.

Rules: an act of the meeting's log each (docs/adr/0020): durable before it is acknowledged, once by its key, seen at
seat and desk at once. Who serves need be no member of the meeting: a secretary's account, or IT.

Usage::

    calls.ask(meeting, wanted, ask=Ask("u-…", "person:u-…", key, now, seat="s-…"))
    calls.take(meeting, "a-…", ask=ask)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.idempotency.service import ActKey
from server.meetings.errors import NotSignedInHere
from server.meetings.logbook import Decide
from server.meetings.model import Draft, Log
from server.meetings.ports import People
from server.meetings.service import MeetingService
from server.service_calls import model
from server.service_calls.model import Wanted
from wire.ids import MeetingId
from wire.service import value
from wire.state import CallState


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, as what the log calls them, under which key, when; ``seat``: where they sit (None: at the desk)."""

    person: str
    actor: str
    key: ActKey
    now: dt.datetime
    seat: str | None = None


class ServiceCalls:
    """The calls of all meetings."""

    def __init__(self, meetings: MeetingService, people: People) -> None:
        self._meetings: Final = meetings
        self._people: Final = people

    def ask(self, meeting: MeetingId, wanted: Wanted, *, ask: Ask) -> dict[str, Any]:
        """Somebody asks at their seat; gives ``{seq}``."""

        def decide(log: Log) -> Sequence[Draft]:
            _must_sit(log, ask)
            return model.ask(log.state, wanted, ask.person, now=ask.now)

        return self._change(meeting, decide, ask)

    def cancel_own(self, meeting: MeetingId, call: str, *, ask: Ask) -> dict[str, Any]:
        """Who asked cancels; gives ``{seq}``."""

        def decide(log: Log) -> Sequence[Draft]:
            _must_sit(log, ask)
            return model.cancel_own(log.state, call, ask.person)

        return self._change(meeting, decide, ask)

    def take(self, meeting: MeetingId, call: str, *, ask: Ask) -> dict[str, Any]:
        """Somebody of the desk sees to it; gives ``{seq}``."""
        by = self._people.person(ask.person).name
        return self._change(meeting, lambda log: model.take(log.state, call, by=by), ask)

    def end(self, meeting: MeetingId, call: str, outcome: CallState, *, ask: Ask) -> dict[str, Any]:
        """Done, or cancelled by the desk; gives ``{seq}``."""
        by = self._people.person(ask.person).name
        return self._change(meeting, lambda log: model.end(log.state, call, outcome, by=by), ask)

    def waiting(self) -> list[dict[str, Any]]:
        """What waits in the whole house, the oldest first, with meeting and room."""
        found = []
        for meeting in self._meetings.held():
            state = self._meetings.state(meeting)
            about = {"meeting": meeting, "title": state.title, "room_name": state.room_name}
            found += [{**about, **value(state, call)} for call in model.waiting(state)]
        return sorted(found, key=lambda each: (each["asked_at"], each["call"]))

    def _change(self, meeting: MeetingId, decide: Decide, ask: Ask) -> dict[str, Any]:
        return self._meetings.change(meeting, actor=ask.actor, now=ask.now, decide=decide, key=ask.key)


def _must_sit(log: Log, ask: Ask) -> None:
    if ask.seat is not None and (ask.person, ask.seat) not in log.state.seated:
        raise NotSignedInHere
