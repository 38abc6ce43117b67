"""HTTP of the roll.

Rules: a view reads the body and calls one use case; chair and secretary write about others, everybody about themselves.

Usage: ``app.register_blueprint(blueprint(roll, clock))``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.attendance import reading
from server.attendance.model import Said, Written
from server.attendance.service import Ask, AttendanceService
from server.attendance.table import csv_of
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

    @routes.get("/sheet.csv")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def sheet(meeting: str) -> ResponseReturnValue:
        table = csv_of(roll.read(MeetingId(meeting), now=clock.now()))
        headers = {
            "Content-Disposition": f'attachment; filename="diem-danh-{meeting}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(table, mimetype="text/csv", headers=headers)

    @routes.get("/sheet.pdf")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def printed(meeting: str) -> ResponseReturnValue:
        pdf = roll.printed(MeetingId(meeting), now=clock.now())
        headers = {
            "Content-Disposition": f'attachment; filename="diem-danh-{meeting}.pdf"',
            "Cache-Control": "no-store",
        }
        return Response(pdf, mimetype="application/pdf", headers=headers)

    @routes.post("")
    @allow(Role.SECRETARY, member=_LEADERS)
    def record(meeting: str) -> ResponseReturnValue:
        fields = body()
        people = fields.ids("people", "u", limit=MAX_MEMBERS)
        written = Written(
            tuple(people), Presence(fields.choice("presence", frozenset(Presence))), reading.reason(fields)
        )
        fields.end()
        content = {"meeting": meeting, "people": list(people), "presence": written.presence, "reason": written.reason}
        return answer(roll.record(MeetingId(meeting), written, ask=ask("record_presence", content)))

    @routes.post("/self")
    @allow(member=ANY_MEMBER)
    def say(meeting: str) -> ResponseReturnValue:
        fields = body()
        said, why = Said(fields.choice("said", frozenset(Said))), reading.reason(fields)
        fields.end()
        content = {"meeting": meeting, "said": said, "reason": why}
        return answer(roll.say(MeetingId(meeting), said, reason=why, ask=ask("say_presence", content)))

    _places(routes, roll, ask)
    return routes


def _places(routes: Blueprint, roll: AttendanceService, ask: Callable[[str, dict[str, Any]], Ask]) -> None:
    @routes.post("/substitutes")
    @allow(Role.SECRETARY, member=_LEADERS)
    def name_substitute(meeting: str) -> ResponseReturnValue:
        standing = reading.standing(body())
        content = {"meeting": meeting, **dataclasses.asdict(standing)}
        return answer(
            roll.name_substitute(MeetingId(meeting), standing, ask=ask("name_substitute", content)),
        )

    @routes.post("/substitutes/end")
    @allow(Role.SECRETARY, member=_LEADERS)
    def end_substitute(meeting: str) -> ResponseReturnValue:
        fields = body()
        member, why = fields.id("member", "u"), reading.reason(fields)
        fields.end()
        asked = ask("end_substitute", {"meeting": meeting, "member": member, "reason": why})
        return answer(roll.end_substitute(MeetingId(meeting), member, reason=why, ask=asked))

    @routes.post("/recusals")
    @allow(Role.SECRETARY, member=_LEADERS)
    def recuse(meeting: str) -> ResponseReturnValue:
        leaving = reading.leaving(body())
        content = {"meeting": meeting, **dataclasses.asdict(leaving)}
        return answer(roll.recuse(MeetingId(meeting), leaving, ask=ask("recuse", content)))

    @routes.post("/recusals/end")
    @allow(Role.SECRETARY, member=_LEADERS)
    def readmit(meeting: str) -> ResponseReturnValue:
        leaving = reading.leaving(body())
        content = {"meeting": meeting, **dataclasses.asdict(leaving)}
        return answer(roll.readmit(MeetingId(meeting), leaving, ask=ask("readmit", content)))
