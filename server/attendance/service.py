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

from server.attendance import model, sheet
from server.attendance.model import Said, Written
from server.attendance.sheet import Sheet
from server.idempotency.service import ActKey
from server.meetings.commands import By
from server.meetings.errors import NotSignedInHere
from server.meetings.model import Draft, Log
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

    def __init__(self, meetings: MeetingService) -> None:
        self._meetings: Final = meetings

    def record(self, meeting: MeetingId, written: Written, *, ask: Ask) -> dict[str, Any]:
        """Staff write a word about some members; gives ``{seq}``."""
        return self._change(meeting, lambda log: model.record(log.state, written, ask.by), ask)

    def say(self, meeting: MeetingId, said: Said, *, reason: str, ask: Ask) -> dict[str, Any]:
        """Somebody says that they are there, or leave; gives ``{seq}``."""

        def decide(log: Log) -> Sequence[Draft]:
            if ask.seat is not None and (ask.by.person, ask.seat) not in log.state.seated:
                raise NotSignedInHere
            return model.say(log.state, said, ask.by, reason=reason)

        return self._change(meeting, decide, ask)

    def read(self, meeting: MeetingId, *, now: dt.datetime) -> Sheet:
        """Who was there when, per person and per item; raises NoSuchMeeting."""
        events = self._meetings.events(meeting)
        return sheet.of(self._meetings.state(meeting), events, now=now)

    def _change(self, meeting: MeetingId, decide: Any, ask: Ask) -> dict[str, Any]:
        return self._meetings.change(meeting, actor=ask.actor, now=ask.now, decide=decide, key=ask.key)
