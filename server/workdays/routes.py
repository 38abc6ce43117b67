"""HTTP of the calendar of working days, and of a meeting's deadlines.

Rules: everybody who is signed in sees the calendar; only the system administrator changes it. A meeting's deadlines are
for those who prepare it.

Usage: ``app.register_blueprint(blueprint(workdays, meetings, clock))``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Final, Protocol

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.attendance.table import HOUSE
from server.clock import Clock
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body
from server.workdays.errors import NoSuchDay
from server.workdays.model import MAX_NAME, Day, Kind, answers_by
from server.workdays.service import WorkDayService
from wire.errors import BadField
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole

_FIRST: Final = 2020
_LAST: Final = 2099


class Meetings(Protocol):
    """What a meeting's deadlines hang on."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The meeting now; raises NoSuchMeeting."""
        ...


def blueprint(workdays: WorkDayService, meetings: Meetings, clock: Clock) -> Blueprint:
    """``/api/workdays`` and ``/api/meetings/<m>/deadlines``."""
    routes = Blueprint("workdays", __name__)

    @routes.get("/api/workdays/<int:year>")
    @allow(signed_in=True)
    def read(year: int) -> ResponseReturnValue:
        return answer(workdays.year(_year(year)))

    @routes.post("/api/workdays")
    @allow(Role.SYSTEM_ADMIN)
    def enter() -> ResponseReturnValue:
        fields = body()
        day = _day(fields.text("day", limit=10))
        wanted = Day(day, Kind(fields.choice("kind", frozenset(Kind))), fields.text("name", limit=MAX_NAME).strip())
        fields.end()
        return answer(workdays.enter(wanted, actor=actor().label, act=act_id(), now=clock.now()))

    @routes.delete("/api/workdays/<day>")
    @allow(Role.SYSTEM_ADMIN)
    def drop(day: str) -> ResponseReturnValue:
        return answer(workdays.drop(_day(day), actor=actor().label, act=act_id(), now=clock.now()))

    @routes.get("/api/meetings/<meeting>/deadlines")
    @allow(Role.SECRETARY, Role.AUDITOR, member=(MemberRole.CHAIR, MemberRole.SECRETARY))
    def of_meeting(meeting: str) -> ResponseReturnValue:
        state, today = meetings.state(MeetingId(meeting)), clock.now().astimezone(HOUSE).date()
        begins, ends = _day_of(state.starts_at), _day_of(state.closed_at)
        if begins is None or not _FIRST <= begins.year <= _LAST:
            return answer({"deadlines": None, "today": today.isoformat()})
        until = workdays.deadlines(begins, closed=ends)
        asked = None if state.invitation is None else _day_of(state.invitation.asked_at)
        if asked is not None:
            until = dataclasses.replace(until, answers=answers_by(until.answers, begins, asked=asked) or begins)
        found = dataclasses.asdict(until)
        told = {name: None if day is None else day.isoformat() for name, day in found.items()}
        return answer({"deadlines": told, "today": today.isoformat()})

    return routes


def _day_of(at: dt.datetime | None) -> dt.date | None:
    """In Viet Nam; None without one, and for moments at the ends of the calendar that nobody meets at."""
    return at.astimezone(HOUSE).date() if at is not None and _FIRST <= at.year <= _LAST else None


def _year(year: int) -> int:
    if not _FIRST <= year <= _LAST:
        raise NoSuchDay(day=str(year))
    return year


def _day(text: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as exc:
        raise BadField("body.day", "is not a day like 2026-09-02") from exc
    if text != found.isoformat() or not _FIRST <= found.year <= _LAST:
        raise BadField("body.day", f"is not a day like 2026-09-02 from {_FIRST} to {_LAST}")
    return found
