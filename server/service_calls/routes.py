"""HTTP of the desk that serves: secretary, chair, and IT.

Rules: a view reads the body and calls one use case.

Usage: ``app.register_blueprint(blueprint(calls, clock))``.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.service_calls.errors import NoSuchCall
from server.service_calls.service import Ask, ServiceCalls
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.errors import BadId
from wire.ids import MeetingId
from wire.state import CallState, MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_CALL: Final = "/api/meetings/<meeting>/service/<call>"


def blueprint(calls: ServiceCalls, clock: Clock) -> Blueprint:
    """All routes of service calls."""
    routes = Blueprint("service_calls", __name__)

    def ask(kind: str, meeting: str, call: str) -> Ask:
        who = actor()
        body().end()
        key = ActKey(act_id(), who.label, kind, {"meeting": meeting, "call": call})
        return Ask(who.person_id, who.label, key, clock.now())

    @routes.get("/api/service")
    @allow(Role.SECRETARY, Role.IT)
    def waiting() -> ResponseReturnValue:
        return answer({"calls": calls.waiting()})

    @routes.post(f"{_CALL}/take")
    @allow(Role.SECRETARY, Role.IT, member=_LEADERS)
    def take(meeting: str, call: str) -> ResponseReturnValue:
        asked = ask("take_call", meeting, call)
        return answer(calls.take(MeetingId(meeting), _call(call), ask=asked))

    @routes.post(f"{_CALL}/done")
    @allow(Role.SECRETARY, Role.IT, member=_LEADERS)
    def done(meeting: str, call: str) -> ResponseReturnValue:
        asked = ask("end_call", meeting, call)
        return answer(calls.end(MeetingId(meeting), _call(call), CallState.DONE, ask=asked))

    @routes.post(f"{_CALL}/cancel")
    @allow(Role.SECRETARY, Role.IT, member=_LEADERS)
    def cancel(meeting: str, call: str) -> ResponseReturnValue:
        asked = ask("cancel_call", meeting, call)
        return answer(calls.end(MeetingId(meeting), _call(call), CallState.CANCELLED, ask=asked))

    return routes


def _call(text: str) -> str:
    try:
        return ids.parse("a", text)
    except BadId:
        raise NoSuchCall(call=text[:40]) from None
