"""HTTP of messages.

Rules: a view reads the body and calls one use case; what messages look like comes with the meeting's sections.

Usage: ``app.register_blueprint(blueprint(notices, clock))``.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings.commands import By
from server.notices import reading
from server.notices.errors import NoSuchNotice
from server.notices.service import Ask, NoticeService
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.errors import BadId
from wire.ids import MeetingId
from wire.notices import NoticeChange
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)


def blueprint(notices: NoticeService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings/<m>/notices``."""
    routes = Blueprint("notices", __name__, url_prefix="/api/meetings/<meeting>/notices")

    def ask(kind: str, content: Any) -> Ask:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        return Ask(by, who.label, ActKey(act_id(), who.label, kind, content), clock.now())

    def move(meeting: str, notice: str, change: NoticeChange) -> ResponseReturnValue:
        body().end()
        asked = ask(change.value, {"meeting": meeting, "notice": notice})
        return answer(notices.move(MeetingId(meeting), _notice(notice), change, ask=asked))

    @routes.post("")
    @allow(Role.SECRETARY, member=_LEADERS)
    def prepare(meeting: str) -> ResponseReturnValue:
        new = reading.new_notice(body())
        content = {
            "meeting": meeting, "to": new.to.value, "text": new.text, "people": list(new.people),
            "seconds": new.seconds, "send": new.sends,
        }  # fmt: skip
        return answer(notices.prepare(MeetingId(meeting), new, ask=ask("notice", content)), 201)

    @routes.post("/<notice>/send")
    @allow(Role.SECRETARY, member=_LEADERS)
    def send(meeting: str, notice: str) -> ResponseReturnValue:
        return move(meeting, notice, NoticeChange.SEND)

    @routes.post("/<notice>/withdraw")
    @allow(Role.SECRETARY, member=_LEADERS)
    def withdraw(meeting: str, notice: str) -> ResponseReturnValue:
        return move(meeting, notice, NoticeChange.WITHDRAW)

    @routes.post("/<notice>/read")
    @allow(member=tuple(MemberRole))
    def read(meeting: str, notice: str) -> ResponseReturnValue:
        body().end()
        asked = ask("notice_read", {"meeting": meeting, "notice": notice})
        return answer(notices.read(MeetingId(meeting), _notice(notice), ask=asked))

    return routes


def _notice(text: str) -> str:
    try:
        return ids.parse("g", text)
    except BadId:
        raise NoSuchNotice(notice=text[:40]) from None
