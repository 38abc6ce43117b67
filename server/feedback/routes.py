"""HTTP of faults and wishes: everybody tells, IT takes and answers.

Usage: ``app.register_blueprint(blueprint(feedback, clock))``.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.feedback.model import MAX_ANSWER
from server.feedback.service import Asked, By, FeedbackService
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body, nothing
from wire.feedback import SEND, read_said


def blueprint(feedback: FeedbackService, clock: Clock) -> Blueprint:
    """``/api/feedback`` and ``/api/me/feedback``."""
    routes = Blueprint("feedback", __name__)

    def asked() -> Asked:
        return Asked(actor(), act_id(), clock.now())

    @routes.post("/api/me/feedback")
    @allow(signed_in=True)
    def send() -> ResponseReturnValue:
        who, said = actor(), read_said(body())
        key = ActKey(act_id(), who.label, SEND, {"kind": said.kind.value, "text": said.text})
        return answer(feedback.send(said, by=By(who.person_id, who.name, key, clock.now())), 201)

    @routes.get("/api/me/feedback")
    @allow(signed_in=True)
    def own() -> ResponseReturnValue:
        return answer({"feedback": feedback.own(actor())})

    @routes.post("/api/me/feedback/<int:number>/read")
    @allow(signed_in=True)  # whoever sent it; anybody else is told that there is none
    def read(number: int) -> ResponseReturnValue:
        body().end()
        feedback.read(_number(number), asked=asked())
        return nothing()

    @routes.get("/api/feedback")
    @allow(Role.IT)
    def everything() -> ResponseReturnValue:
        return answer({"feedback": feedback.all()})

    @routes.post("/api/feedback/<int:number>/take")
    @allow(Role.IT)
    def take(number: int) -> ResponseReturnValue:
        body().end()
        feedback.take(_number(number), asked=asked())
        return nothing()

    @routes.post("/api/feedback/<int:number>/answer")
    @allow(Role.IT)
    def reply(number: int) -> ResponseReturnValue:
        fields = body()
        text = fields.text("answer", limit=MAX_ANSWER).strip()
        fields.end()
        feedback.answer(_number(number), text, asked=asked())
        return nothing()

    return routes


def _number(number: int) -> int:
    """None that no table could hold."""
    return number if number < 2**31 else 0
