"""HTTP of invitations and their answers.

Rules: a view reads the body and calls one use case; everybody who is invited answers for themselves, who leads for
anybody (N11).

Usage: ``app.register_blueprint(blueprint(replies, clock))``.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.attendance.service import Ask
from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.letters.answers import Decision, Said
from server.letters.replies import ReplyService
from server.meetings.commands import By
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body
from wire.fields import Fields
from wire.ids import MeetingId
from wire.letter_fold import MAX_PEOPLE, MAX_REASON
from wire.letters import Reply
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_PATH: Final = "/api/meetings/<meeting>/invitation"


def blueprint(replies: ReplyService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings/<m>/invitation``, and ``/api/invitations``."""
    routes = Blueprint("invitations", __name__)

    def ask(kind: str, content: dict[str, Any]) -> Ask:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        return Ask(by, who.label, ActKey(act_id(), who.label, kind, content), clock.now())

    @routes.get("/api/invitations")
    @allow(signed_in=True)
    def my_invitations() -> ResponseReturnValue:
        return answer({"invitations": replies.mine(actor(), now=clock.now())})

    @routes.get(_PATH)
    @allow(Role.SECRETARY, Role.AUDITOR, member=ANY_MEMBER)
    def read_invitation(meeting: str) -> ResponseReturnValue:
        return answer(replies.shown(MeetingId(meeting), actor(), now=clock.now()))

    @routes.get(f"{_PATH}/candidates")
    @allow(Role.SECRETARY, member=ANY_MEMBER)
    def candidates(meeting: str) -> ResponseReturnValue:
        return answer({"people": replies.candidates(MeetingId(meeting), actor(), now=clock.now())})

    @routes.post(f"{_PATH}/answer")
    @allow(member=ANY_MEMBER)
    def answer_invitation(meeting: str) -> ResponseReturnValue:
        said = _said(body(), actor().person_id)
        content = {"meeting": meeting, **dataclasses.asdict(said)}
        return answer(replies.answer(MeetingId(meeting), said, ask=ask("answer_invitation", content)))

    @routes.post(f"{_PATH}/answers/<person>")
    @allow(Role.SECRETARY, member=_LEADERS)
    def answer_for(meeting: str, person: str) -> ResponseReturnValue:
        said = _said(body(), person)
        content = {"meeting": meeting, **dataclasses.asdict(said)}
        return answer(replies.answer(MeetingId(meeting), said, ask=ask("answer_invitation_for", content)))

    @routes.post(f"{_PATH}/decisions/<person>")
    @allow(Role.SECRETARY, member=_LEADERS)
    def decide_absence(meeting: str, person: str) -> ResponseReturnValue:
        fields = body()
        decision = Decision(
            person,
            approved=fields.flag("approved"),
            at=fields.text("at", limit=40),
            reason=_reason(fields),
            may_speak=not fields.has("may_speak") or fields.flag("may_speak"),
            may_vote=not fields.has("may_vote") or fields.flag("may_vote"),
        )
        fields.end()
        content = {"meeting": meeting, **dataclasses.asdict(decision)}
        return answer(replies.decide(MeetingId(meeting), decision, ask=ask("decide_absence", content)))

    @routes.post(f"{_PATH}/reminders")
    @allow(Role.SECRETARY, member=_LEADERS)
    def remind(meeting: str) -> ResponseReturnValue:
        fields = body()
        people = fields.ids("people", "u", limit=MAX_PEOPLE) if fields.has("people") else ()
        fields.end()
        content = {"meeting": meeting, "people": list(people)}
        return answer(replies.remind(MeetingId(meeting), people, ask=ask("remind_invited", content)))

    return routes


def _said(fields: Fields, person: str) -> Said:
    said = Said(
        person,
        Reply(fields.choice("reply", frozenset(Reply))),
        _reason(fields),
        substitute=fields.id("substitute", "u") if fields.has("substitute") else "",
    )
    fields.end()
    return said


def _reason(fields: Fields) -> str:
    return fields.text("reason", limit=MAX_REASON, empty=True).strip() if fields.has("reason") else ""
