"""HTTP of requests for papers.

Rules: whoever prepares the meeting asks and decides; who was asked need not be in the meeting, so their routes let in
everybody who is signed in, and the use case tells whoever was not asked that there is no such request.

Usage: ``app.register_blueprint(blueprint(RequestDesk(requests, desk, clock)))``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.papers.routes import Desk, received
from server.papers.submission import Asked as PaperAsked
from server.papers.submission import For, NewPaper
from server.requests.errors import RequestUnknown
from server.requests.model import must_have
from server.requests.service import Asked, RequestService, Wanted
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.errors import BadField, BadId
from wire.fields import Fields
from wire.ids import MeetingId, PaperId
from wire.paper_requests import MAX_REASON, MAX_REQUESTS, MAX_WHAT
from wire.state import MeetingState, MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_PATH: Final = "/api/meetings/<meeting>/requests"


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """What the views work with."""

    requests: RequestService
    papers: Desk
    clock: Clock

    def asked(self) -> Asked:
        """Who calls."""
        return Asked(actor(), act_id(), self.clock.now())


def blueprint(desk: RequestDesk) -> Blueprint:
    """All routes under ``/api/meetings/<m>/requests``, and ``/api/requests``."""
    routes = Blueprint("requests", __name__)
    _preparing(routes, desk)
    _handing_in(routes, desk)
    return routes


def _preparing(routes: Blueprint, desk: RequestDesk) -> None:
    requests = desk.requests

    @routes.get(_PATH)
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def read_requests(meeting: str) -> ResponseReturnValue:
        return answer(requests.board(MeetingId(meeting), actor(), now=desk.clock.now()))

    @routes.post(_PATH)
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def ask_papers(meeting: str) -> ResponseReturnValue:
        fields = body()
        wanted = [_wanted(entry) for entry in fields.objects("requests", limit=MAX_REQUESTS)]
        fields.end()
        if not wanted:
            raise BadField("body.requests", "is empty")
        return answer(requests.ask(MeetingId(meeting), wanted, asked=desk.asked()), 201)

    @routes.put(f"{_PATH}/<request>")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def change_request(meeting: str, request: str) -> ResponseReturnValue:
        fields = body()
        revision = fields.number("revision", low=1)
        wanted = _wanted(fields, item=False)
        done = requests.change(MeetingId(meeting), _request(request), wanted, revision=revision, asked=desk.asked())
        return answer(done)

    @routes.post(f"{_PATH}/<request>/withdraw")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def withdraw_request(meeting: str, request: str) -> ResponseReturnValue:
        reason = _reason()
        return answer(requests.withdraw(MeetingId(meeting), _request(request), reason, asked=desk.asked()))

    @routes.post(f"{_PATH}/<request>/return")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def return_request(meeting: str, request: str) -> ResponseReturnValue:
        reason = _reason()
        return answer(requests.send_back(MeetingId(meeting), _request(request), reason, asked=desk.asked()))

    @routes.post(f"{_PATH}/reminders")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def remind_requests(meeting: str) -> ResponseReturnValue:
        fields = body()
        chosen = fields.ids("requests", "w", limit=MAX_REQUESTS) if fields.has("requests") else ()
        fields.end()
        return answer(requests.remind(MeetingId(meeting), chosen, asked=desk.asked()))


def _handing_in(routes: Blueprint, desk: RequestDesk) -> None:
    requests = desk.requests

    @routes.get("/api/requests")
    @allow(signed_in=True)
    def my_requests() -> ResponseReturnValue:
        return answer({"requests": requests.mine(actor(), now=desk.clock.now())})

    @routes.get(f"{_PATH}/<request>")
    @allow(signed_in=True)  # whoever was asked; anybody else is told that there is none
    def my_request(meeting: str, request: str) -> ResponseReturnValue:
        return answer(requests.own(MeetingId(meeting), _request(request), actor(), now=desk.clock.now()))

    @routes.post(f"{_PATH}/<request>/paper")
    @allow(signed_in=True)  # as above, and whoever prepares the meeting
    def hand_in(meeting: str, request: str) -> ResponseReturnValue:
        return answer(_hand_in(desk, MeetingId(meeting), _request(request)), 201)

    @routes.get(f"{_PATH}/<request>/pages/<int:page>")
    @allow(signed_in=True)  # of the paper they handed in themselves
    def request_page(meeting: str, request: str, page: int) -> ResponseReturnValue:
        found = requests.own(MeetingId(meeting), _request(request), actor(), now=desk.clock.now())
        if found["paper"] is None:
            raise RequestUnknown
        paper, version = found["paper"]["paper"], found["paper"]["version"]
        return desk.papers.picture(meeting, paper, version, page)


def _hand_in(desk: RequestDesk, meeting: MeetingId, request: str) -> dict[str, Any]:
    asked, papers = desk.asked(), desk.papers
    known, is_new = desk.requests.theirs(meeting, request, asked)

    def check(state: MeetingState) -> None:
        desk.requests.must_be_asked(state, request, asked)
        # Of two who hand in a first version at once, the second is told of the first one's.
        must_have(state, known)

    whose, wanted = PaperAsked(asked.actor, asked.act, asked.now), For(request, check)
    # The same act again is answered as it was, whatever holds now; another one is refused before a large file is read.
    made = papers.submissions.version_made(whose)
    if not made:
        check(desk.requests.meetings.state(meeting))
    with received(papers.intake) as form:
        if not is_new and made != 1:
            return papers.submissions.replace(
                meeting, PaperId(known.paper), form.file_name, inbox=form.inbox, asked=whose, wanted=wanted
            )
        new = NewPaper(
            item=known.item,
            title=form.fields.get("title", ""),
            secrecy=form.fields.get("secrecy", ""),
            file_name=form.file_name,
        )
        return papers.submissions.submit(meeting, new, form.inbox, asked=whose, wanted=wanted)


def _wanted(fields: Fields, *, item: bool = True) -> Wanted:
    person = fields.id("person", "u") if fields.has("person") else ""
    unit = fields.id("unit", "o") if fields.has("unit") else ""
    if bool(person) == bool(unit):
        raise BadField("body.person", "is asked, or a unit: one of them")
    wanted = Wanted(
        item=fields.id("item", "i") if item else "",
        person=person,
        unit=unit,
        what=fields.text("what", limit=MAX_WHAT).strip(),
        until=_day(fields.text("until", limit=10)),
    )
    fields.end()
    return wanted


def _day(text: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as exc:
        raise BadField("body.until", "is not a day like 2026-09-02") from exc
    if text != found.isoformat():
        raise BadField("body.until", "is not a day like 2026-09-02")
    return found


def _reason() -> str:
    fields = body()
    reason = fields.text("reason", limit=MAX_REASON).strip()
    fields.end()
    return reason


def _request(text: str) -> str:
    try:
        return ids.parse("w", text)
    except BadId:
        raise RequestUnknown from None
