"""HTTP of the roll.

Rules: a view reads the body and calls one use case; chair and secretary write about others, everybody about themselves.

Usage: ``app.register_blueprint(blueprint(roll, clock))``.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.attendance.model import Said, Written
from server.attendance.reading import reason
from server.attendance.service import Ask, AttendanceService
from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings.commands import By
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body
from wire.fold import MAX_MEMBERS
from wire.ids import MeetingId
from wire.state import MemberRole, Presence

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)


def blueprint(roll: AttendanceService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings/<m>/attendance``."""
    routes = Blueprint("attendance", __name__, url_prefix="/api/meetings/<meeting>/attendance")

    def ask(kind: str, content: dict[str, Any]) -> Ask:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        return Ask(by, who.label, ActKey(act_id(), who.label, kind, content), clock.now())

    @routes.get("")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def read(meeting: str) -> ResponseReturnValue:
        return answer(roll.read(MeetingId(meeting), now=clock.now()).to_value())

    @routes.post("")
    @allow(Role.SECRETARY, member=_LEADERS)
    def record(meeting: str) -> ResponseReturnValue:
        fields = body()
        people = fields.ids("people", "u", limit=MAX_MEMBERS)
        written = Written(tuple(people), Presence(fields.choice("presence", frozenset(Presence))), reason(fields))
        fields.end()
        content = {"meeting": meeting, "people": list(people), "presence": written.presence, "reason": written.reason}
        return answer(roll.record(MeetingId(meeting), written, ask=ask("record_presence", content)))

    @routes.post("/self")
    @allow(member=ANY_MEMBER)
    def say(meeting: str) -> ResponseReturnValue:
        fields = body()
        said, why = Said(fields.choice("said", frozenset(Said))), reason(fields)
        fields.end()
        content = {"meeting": meeting, "said": said, "reason": why}
        return answer(roll.say(MeetingId(meeting), said, reason=why, ask=ask("say_presence", content)))

    return routes
