"""HTTP of what is said before a meeting.

Rules: members write and ask; chair and secretary decide. Who prepared a paper need not be in the meeting, so reading
and answering let in everybody who is signed in, and the use case tells whoever has no part that there is nothing.

Usage: ``app.register_blueprint(blueprint(BeforeDesk(before, clock)))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.before.advance import Wanted
from server.before.errors import AdvanceUnknown, RemarkUnknown
from server.before.remarks import Place, Wording
from server.before.service import Asked, BeforeService
from server.clock import Clock
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.before import (
    MAX_ABOUT,
    MAX_MINUTES,
    MAX_REASON,
    MAX_REMARK,
    MAX_REQUESTS,
    Readers,
    RemarkKind,
    WishChange,
)
from wire.errors import BadId
from wire.fields import Fields
from wire.ids import MeetingId
from wire.manifest import MAX_PAGES
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_WRITERS: Final = (*_LEADERS, MemberRole.MEMBER)
_MEETING: Final = "/api/meetings/<meeting>"


@dataclass(frozen=True, slots=True)
class BeforeDesk:
    """What the views work with."""

    before: BeforeService
    clock: Clock

    def asked(self) -> Asked:
        """Who calls."""
        return Asked(actor(), act_id(), self.clock.now())


def blueprint(desk: BeforeDesk) -> Blueprint:
    """``/api/remarks``, and ``before``, ``remarks`` and ``advance`` under ``/api/meetings/<m>``."""
    routes = Blueprint("before", __name__)
    _reading(routes, desk)
    _remarks(routes, desk)
    _advance(routes, desk)
    return routes


def _reading(routes: Blueprint, desk: BeforeDesk) -> None:
    @routes.get("/api/remarks")
    @allow(signed_in=True)
    def waiting_remarks() -> ResponseReturnValue:
        return answer({"meetings": desk.before.mine(actor(), now=desk.clock.now())})

    @routes.get(f"{_MEETING}/before")
    @allow(signed_in=True)  # members, and who prepared a paper; anybody else is refused by the use case
    def read_before(meeting: str) -> ResponseReturnValue:
        return answer(desk.before.board(MeetingId(meeting), actor(), now=desk.clock.now()))


def _remarks(routes: Blueprint, desk: BeforeDesk) -> None:
    before = desk.before

    @routes.post(f"{_MEETING}/remarks")
    @allow(member=_WRITERS)
    def write_remark(meeting: str) -> ResponseReturnValue:
        fields = body()
        place = Place(
            fields.id("item", "i"),
            fields.id("paper", "p") if fields.has("paper") else "",
            fields.number("page", low=1, high=MAX_PAGES) if fields.has("page") else 0,
        )
        wording = _wording(fields)
        return answer(before.write(MeetingId(meeting), place, wording, asked=desk.asked()), 201)

    @routes.put(f"{_MEETING}/remarks/<remark>")
    @allow(member=_WRITERS)
    def change_remark(meeting: str, remark: str) -> ResponseReturnValue:
        fields = body()
        revision, wording = fields.number("revision", low=1), _wording(fields)
        done = before.change(MeetingId(meeting), _remark(remark), wording, revision=revision, asked=desk.asked())
        return answer(done)

    @routes.post(f"{_MEETING}/remarks/<remark>/withdraw")
    @allow(member=_WRITERS)
    def withdraw_remark(meeting: str, remark: str) -> ResponseReturnValue:
        body().end()
        return answer(before.withdraw(MeetingId(meeting), _remark(remark), asked=desk.asked()))

    @routes.put(f"{_MEETING}/remarks/<remark>/answer")
    @allow(signed_in=True)  # who leads, presents the item, or prepared the paper; the use case knows
    def answer_remark(meeting: str, remark: str) -> ResponseReturnValue:
        fields = body()
        revision, text = fields.number("revision", low=1), fields.text("text", limit=MAX_REMARK).strip()
        fields.end()
        done = before.answer(MeetingId(meeting), _remark(remark), text, revision=revision, asked=desk.asked())
        return answer(done)


def _advance(routes: Blueprint, desk: BeforeDesk) -> None:
    before = desk.before

    @routes.post(f"{_MEETING}/advance")
    @allow(member=MemberRole.MEMBER)
    def ask_in_advance(meeting: str) -> ResponseReturnValue:
        fields = body()
        wanted = Wanted(
            fields.id("item", "i"),
            fields.text("about", limit=MAX_ABOUT).strip(),
            fields.number("minutes", low=1, high=MAX_MINUTES),
        )
        fields.end()
        return answer(before.ask(MeetingId(meeting), wanted, asked=desk.asked()), 201)

    @routes.post(f"{_MEETING}/advance/<request>/withdraw")
    @allow(member=tuple(MemberRole))
    def withdraw_advance(meeting: str, request: str) -> ResponseReturnValue:
        body().end()
        return answer(before.take_back(MeetingId(meeting), _request(request), asked=desk.asked()))

    @routes.post(f"{_MEETING}/advance/<request>/accept")
    @allow(Role.SECRETARY, member=_LEADERS)
    def accept_advance(meeting: str, request: str) -> ResponseReturnValue:
        body().end()
        return answer(before.decide(MeetingId(meeting), _request(request), WishChange.ACCEPT, asked=desk.asked()))

    @routes.post(f"{_MEETING}/advance/<request>/refuse")
    @allow(Role.SECRETARY, member=_LEADERS)
    def refuse_advance(meeting: str, request: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=MAX_REASON, empty=True).strip()
        fields.end()
        done = before.decide(
            MeetingId(meeting), _request(request), WishChange.REFUSE, reason=reason, asked=desk.asked()
        )
        return answer(done)

    @routes.put(f"{_MEETING}/advance")
    @allow(Role.SECRETARY, member=_LEADERS)
    def order_advance(meeting: str) -> ResponseReturnValue:
        fields = body()
        item, requests = fields.id("item", "i"), fields.ids("advances", "q", limit=MAX_REQUESTS)
        fields.end()
        return answer(before.arrange(MeetingId(meeting), item, requests, asked=desk.asked()))


def _wording(fields: Fields) -> Wording:
    wording = Wording(
        RemarkKind(fields.choice("kind", frozenset(RemarkKind))),
        Readers(fields.choice("readers", frozenset(Readers))),
        fields.text("text", limit=MAX_REMARK).strip(),
    )
    fields.end()
    return wording


def _remark(text: str) -> str:
    try:
        return ids.parse("h", text)
    except BadId:
        raise RemarkUnknown from None


def _request(text: str) -> str:
    try:
        return ids.parse("q", text)
    except BadId:
        raise AdvanceUnknown from None
