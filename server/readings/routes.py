"""HTTP of openings.

Rules: whoever prepares or leads a meeting sees who has not opened what; everybody sees their own; all of it, page by
page, is for auditors with a reason. What terminals told that cannot be true is for IT.

Usage: ``app.register_blueprint(blueprint(ReadingDesk(readings, keeping, refused, clock)))``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.papers.routes import paper_id
from server.readings.keeping import MAX_REASON, Looking, ReadingKeeping
from server.readings.ports import Refused
from server.readings.service import Asked, ReadingService
from server.web import act_id, actor, allow, answer, body
from wire.errors import BadField
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.notice_fold import MAX_PEOPLE
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_PATH: Final = "/api/meetings/<meeting>/readings"


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """What the views work with."""

    readings: ReadingService
    keeping: ReadingKeeping
    refused: Callable[[], Sequence[Refused]]
    clock: Clock


def blueprint(desk: ReadingDesk) -> Blueprint:
    """All routes of openings."""
    routes = Blueprint("readings", __name__)
    readings, clock = desk.readings, desk.clock

    @routes.get(_PATH)
    @allow(Role.SECRETARY, member=_LEADERS)
    def read_openings(meeting: str) -> ResponseReturnValue:
        return answer(readings.board(MeetingId(meeting), actor()))

    @routes.post(f"{_PATH}/<paper>/remind")
    @allow(Role.SECRETARY, member=_LEADERS)
    def remind_readers(meeting: str, paper: str) -> ResponseReturnValue:
        fields = body()
        people = fields.ids("people", "u", limit=MAX_PEOPLE) if fields.has("people") else ()
        fields.end()
        asked = Asked(actor(), act_id(), clock.now())
        return answer(readings.remind(MeetingId(meeting), paper_id(paper), people, asked=asked))

    @routes.get("/api/readings/waiting")
    @allow(signed_in=True)
    def unread_papers() -> ResponseReturnValue:
        return answer({"papers": readings.waiting(actor().person_id)})

    @routes.get("/api/me/readings")
    @allow(signed_in=True)  # of nobody but oneself
    def own_reading() -> ResponseReturnValue:
        return answer(readings.own(actor().person_id))

    @routes.get(f"{_PATH}/mine")
    @allow(signed_in=True)  # of nobody but oneself
    def own_openings(meeting: str) -> ResponseReturnValue:
        return answer(readings.mine(MeetingId(meeting), actor().person_id))

    @routes.post(f"{_PATH}/look")
    @allow(Role.AUDITOR, act=False)
    def look_at_readings(meeting: str) -> ResponseReturnValue:
        fields = body()
        looking = Looking(
            reason=fields.text("reason", limit=MAX_REASON).strip(),
            person=fields.id("person", "u") if fields.has("person") else "",
            paper=fields.id("paper", "p") if fields.has("paper") else "",
            after=fields.number("after") if fields.has("after") else 0,
        )
        fields.end()
        if not looking.reason:
            raise BadField("body.reason", "is empty")
        return answer(desk.keeping.look(MeetingId(meeting), looking, by=actor().label, now=clock.now()))

    @routes.get("/api/readings/refused")
    @allow(Role.IT)
    def refused_readings() -> ResponseReturnValue:
        found = [
            {"device": each.device, "why": each.why, "count": each.count, "last_at": print_instant(each.last_at)}
            for each in desk.refused()
        ]
        return answer({"refused": found})

    return routes
