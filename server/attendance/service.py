"""Use cases of the roll: write on it, say of oneself, read who was there when.

Rules: one change of the meeting each, once a key; the reading is derived from the log anew each time (W88).

Usage::

    roll.record(meeting, Written(("u-…",), Presence.LATE), ask=Ask(by, "person:u-…", key, now))
    roll.read(meeting, now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.agency.ports import Office
from server.attendance import model, places, printed, sheet
from server.attendance.model import Said, Written
from server.attendance.places import Leaving, Standing
from server.attendance.sheet import Sheet
from server.idempotency.service import ActKey
from server.meetings.commands import By
from server.meetings.errors import NotSignedInHere
from server.meetings.logbook import Decide
from server.meetings.model import Draft, Log, must_be_real
from server.meetings.ports import People
from server.meetings.service import MeetingService
from wire.ids import MeetingId


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, under which key, when. ``seat``: where they have to be signed in (None: at a console)."""

    by: By
    actor: str
    key: ActKey
    now: dt.datetime
    seat: str | None = None


class AttendanceService:
    """The rolls of all meetings."""

    def __init__(self, meetings: MeetingService, people: People, office: Office) -> None:
        self._meetings: Final = meetings
        self._people: Final = people
        self._office: Final = office

    def record(self, meeting: MeetingId, written: Written, *, ask: Ask) -> dict[str, Any]:
        """Staff write a word about some members; gives ``{seq}``."""
        return self._change(meeting, lambda log: model.record(log.state, written, ask.by), ask)

    def say(self, meeting: MeetingId, said: Said, *, reason: str, ask: Ask) -> dict[str, Any]:
        """Somebody says that they are there, or leave; gives ``{seq}``."""

        def decide(log: Log) -> Sequence[Draft]:
            if ask.seat is not None and (ask.by.person, ask.seat) not in log.state.seated:
                raise NotSignedInHere
            return model.say(log.state, said, ask.by, now=ask.now, reason=reason)

        return self._change(meeting, decide, ask)

    def name_substitute(self, meeting: MeetingId, standing: Standing, *, ask: Ask) -> dict[str, Any]:
        """Somebody sits in a member's place; gives ``{seq}``. Raises NoSuchPerson."""

        def decide(log: Log) -> Sequence[Draft]:
            return places.name_substitute(log.state, standing, self._people.person(standing.person), ask.by)

        return self._change(meeting, decide, ask)

    def end_substitute(self, meeting: MeetingId, member: str, *, reason: str, ask: Ask) -> dict[str, Any]:
        """The member has their place again; gives ``{seq}``."""
        return self._change(meeting, lambda log: places.end_substitute(log.state, member, ask.by, reason=reason), ask)

    def recuse(self, meeting: MeetingId, leaving: Leaving, *, ask: Ask) -> dict[str, Any]:
        """A member leaves an item; gives ``{seq}``."""
        return self._change(meeting, lambda log: places.recuse(log.state, leaving, ask.by), ask)

    def readmit(self, meeting: MeetingId, leaving: Leaving, *, ask: Ask) -> dict[str, Any]:
        """A member takes part in it again; gives ``{seq}``."""
        return self._change(meeting, lambda log: places.readmit(log.state, leaving, ask.by), ask)

    def read(self, meeting: MeetingId, *, now: dt.datetime) -> Sheet:
        """Who was there when, per person and per item; raises NoSuchMeeting."""
        events = self._meetings.events(meeting)
        return sheet.of(self._meetings.state(meeting), events, now=now)

    def printed(self, meeting: MeetingId, *, now: dt.datetime) -> bytes:
        """The sheet as a document of the office (PDF); raises NoSuchMeeting, RehearsalUnsigned, AgencyUnknown."""
        found = self.read(meeting, now=now)
        must_be_real(found.state)
        return self._office.print(printed.document(found, self._office.house(), now=now), at=now)

    def _change(self, meeting: MeetingId, decide: Decide, ask: Ask) -> dict[str, Any]:
        return self._meetings.change(meeting, actor=ask.actor, now=ask.now, decide=decide, key=ask.key)
