"""HTTP of meetings.

Rules: a view reads the body and calls one use case; the door lets in whom ``commands.RIGHTS`` names, and the use case
checks again with what it knows of the agenda.

Usage: ``app.register_blueprint(blueprint(meetings, clock))``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.errors import Malformed
from server.identity.model import Role
from server.meetings import views
from server.meetings.commands import (
    CallBack,
    Command,
    HandPresenting,
    Present,
    ShowOnDisplay,
    StartItem,
    StopPresenting,
)
from server.meetings.errors import NoSuchItem, YearUnfit
from server.meetings.overlap import taking
from server.meetings.service import Asked, MeetingService, NewItem, NewMeeting, Placed
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body
from wire import ids
from wire.agenda import MAX_ITEMS
from wire.errors import BadId
from wire.fields import Fields, print_instant
from wire.fold import MAX_MEMBERS
from wire.ids import MeetingId
from wire.phases import LIVE, PREPARING, Change
from wire.quorum import read_rules
from wire.state import DisplayMode, MemberRole, Visibility

_CHAIR: Final = MemberRole.CHAIR
#: Years a meeting may begin in.
_FIRST: Final = 2000
_LAST: Final = 2099
#: As many has the longest plan: 100 000 minutes.
_DIGITS: Final = 6
_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)


def blueprint(meetings: MeetingService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings`` but those of papers."""
    routes = Blueprint("meetings", __name__)
    _reading(routes, meetings)
    _preparing(routes, meetings, clock)
    _life_cycle(routes, meetings, clock)
    _leading(routes, meetings, clock)
    return routes


def _asked(clock: Clock) -> Asked:
    return Asked(actor(), act_id(), clock.now())


def _reading(routes: Blueprint, meetings: MeetingService) -> None:
    @routes.get("/api/meetings")
    @allow(signed_in=True, display=True)
    def list_meetings() -> ResponseReturnValue:
        return answer({"meetings": [views.row(row, role) for row, role in meetings.meetings_of(actor())]})

    @routes.get("/api/meetings/<meeting>")
    @allow(Role.SECRETARY, Role.AUDITOR, member=ANY_MEMBER, display=True)
    def get_meeting(meeting: str) -> ResponseReturnValue:
        state = meetings.see(MeetingId(meeting), actor())
        return answer({"seq": state.seq, "sections": views.sections_for(state, actor())})

    @routes.get("/api/meetings/<meeting>/events")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def list_events(meeting: str) -> ResponseReturnValue:
        after = request.args.get("after", "0")
        if not after.isascii() or not after.isdigit() or len(after) > 15:
            raise Malformed(path="after")
        events = meetings.events(MeetingId(meeting), after=int(after))
        return answer({"events": [event.to_value() for event in events]})

    @routes.get("/api/rooms/<room>/taken")
    @allow(Role.SECRETARY)
    def room_taken(room: str) -> ResponseReturnValue:
        return answer({"meetings": _others(meetings, room)})

    @routes.get("/api/meetings/<meeting>/taken")
    @allow(Role.SECRETARY, member=_LEADERS)
    def taken_besides(meeting: str) -> ResponseReturnValue:
        return answer({"meetings": _others(meetings, request.args.get("room", ""), but=meeting)})


def _others(meetings: MeetingService, room: str, but: str = "") -> list[dict[str, Any]]:
    """What meets in ``room`` at the time of the address, besides ``but``.

    That a room is taken is for whoever plans; what for is for who may see that meeting.
    """
    begins, minutes = _span()
    seen = {row.id for row, _ in meetings.meetings_of(actor())}
    return [
        {
            "title": row.title if row.id in seen else "",
            "starts_at": print_instant(row.starts_at),
            "planned_minutes": row.planned_minutes,
        }
        for row in taking(meetings.among(PREPARING | LIVE), room, begins, minutes=minutes, but=but)
    ]


def _preparing(routes: Blueprint, meetings: MeetingService, clock: Clock) -> None:
    @routes.post("/api/meetings")
    @allow(Role.SECRETARY)
    def create_meeting() -> ResponseReturnValue:
        return answer(meetings.create_meeting(_new_meeting(body()), _asked(clock)), 201)

    @routes.put("/api/meetings/<meeting>")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def describe_meeting(meeting: str) -> ResponseReturnValue:
        return answer(meetings.describe_meeting(MeetingId(meeting), _new_meeting(body()), _asked(clock)))

    @routes.put("/api/meetings/<meeting>/members")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def set_members(meeting: str) -> ResponseReturnValue:
        fields = body()
        placed = [_placed(entry) for entry in fields.objects("members", limit=MAX_MEMBERS)]
        fields.end()
        return answer(meetings.set_members(MeetingId(meeting), placed, _asked(clock)))

    @routes.put("/api/meetings/<meeting>/agenda")
    @allow(Role.SECRETARY, member=_LEADERS)
    def set_agenda(meeting: str) -> ResponseReturnValue:
        fields = body()
        items = [_new_item(entry) for entry in fields.objects("items", limit=MAX_ITEMS)]
        seen = fields.number("expected_seq")
        fields.end()
        return answer(meetings.set_agenda(MeetingId(meeting), items, seen, asked=_asked(clock)))


def _life_cycle(routes: Blueprint, meetings: MeetingService, clock: Clock) -> None:
    def step(meeting: str, change: Change, *, needs_reason: bool = False, may_have_reason: bool = False) -> Response:
        fields = body()
        has_reason = needs_reason or (may_have_reason and fields.has("reason"))
        reason = fields.text("reason", limit=2000) if has_reason else ""
        fields.end()
        return answer(meetings.step(MeetingId(meeting), change, reason=reason, asked=_asked(clock)))

    @routes.post("/api/meetings/<meeting>/submit")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def submit(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.SUBMIT)

    @routes.post("/api/meetings/<meeting>/approve")
    @allow(member=_CHAIR)
    def approve(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.APPROVE)

    @routes.post("/api/meetings/<meeting>/return")
    @allow(member=_CHAIR)
    def send_back(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.RETURN, needs_reason=True)

    @routes.post("/api/meetings/<meeting>/open")
    @allow(member=_CHAIR)
    def open_meeting(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.OPEN)

    @routes.post("/api/meetings/<meeting>/recess")
    @allow(member=_CHAIR)
    def recess(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.RECESS)

    @routes.post("/api/meetings/<meeting>/resume")
    @allow(member=_CHAIR)
    def resume(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.RESUME)

    @routes.post("/api/meetings/<meeting>/close")
    @allow(member=_CHAIR)
    def close(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.CLOSE)

    @routes.post("/api/meetings/<meeting>/lock")
    @allow(member=_CHAIR)
    def lock(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.LOCK, may_have_reason=True)

    @routes.post("/api/meetings/<meeting>/cancel")
    @allow(Role.SECRETARY, member=_LEADERS)
    def cancel(meeting: str) -> ResponseReturnValue:
        return step(meeting, Change.CANCEL, needs_reason=True)


def _leading(routes: Blueprint, meetings: MeetingService, clock: Clock) -> None:
    def perform(meeting: str, command: Command) -> Response:
        return answer(meetings.perform(MeetingId(meeting), command, _asked(clock)))

    @routes.post("/api/meetings/<meeting>/items/<item>/start")
    @allow(member=_CHAIR)
    def start_item(meeting: str, item: str) -> ResponseReturnValue:
        body().end()
        try:
            return perform(meeting, StartItem(ids.parse("i", item)))
        except BadId:
            raise NoSuchItem(item=item[:40]) from None

    @routes.post("/api/meetings/<meeting>/present")
    @allow(Role.SECRETARY, member=ANY_MEMBER)  # of the members: chair, secretary and the item's presenter
    def present(meeting: str) -> ResponseReturnValue:
        fields = body()
        command = Present(fields.id("paper", "p"), fields.number("page", low=1))
        fields.end()
        return perform(meeting, command)

    @routes.post("/api/meetings/<meeting>/present/call")
    @allow(member=_CHAIR)
    def call_back(meeting: str) -> ResponseReturnValue:
        body().end()
        return perform(meeting, CallBack())

    @routes.post("/api/meetings/<meeting>/present/hand")
    @allow(member=_CHAIR)
    def hand_presenting(meeting: str) -> ResponseReturnValue:
        fields = body()
        person = fields.id("person", "u") if fields.has("person") else None
        fields.end()
        return perform(meeting, HandPresenting(person))

    @routes.post("/api/meetings/<meeting>/present/stop")
    @allow(Role.SECRETARY, member=ANY_MEMBER)  # as present
    def stop_presenting(meeting: str) -> ResponseReturnValue:
        body().end()
        return perform(meeting, StopPresenting())

    @routes.post("/api/meetings/<meeting>/display")
    @allow(Role.SECRETARY, member=_LEADERS)
    def show_on_display(meeting: str) -> ResponseReturnValue:
        fields = body()
        mode = DisplayMode(fields.choice("mode", frozenset(DisplayMode)))
        text = fields.text("text", limit=500, empty=True) if fields.has("text") else ""
        fields.end()
        return perform(meeting, ShowOnDisplay(mode, text))


def _span() -> tuple[dt.datetime, int]:
    """The question of the address: from when, how many minutes."""
    given = request.args
    minutes = given.get("minutes", "")
    if not minutes.isascii() or not minutes.isdigit() or len(minutes) > _DIGITS:
        raise Malformed(path="minutes")
    return beginning(Fields({"starts_at": given.get("starts_at")}, "room")), int(minutes)


def _new_meeting(fields: Fields) -> NewMeeting:
    new = NewMeeting(
        title=fields.text("title", limit=500).strip(),
        type=fields.text("type", limit=80).strip(),
        room=fields.id("room", "r"),
        starts_at=beginning(fields),
        planned_minutes=fields.number("planned_minutes", high=100_000),
        roll=read_rules(fields.object("roll")) if fields.has("roll") else None,
    )
    fields.end()
    return new


def beginning(fields: Fields) -> dt.datetime:
    """Within the years that calendars and documents can name; raises YearUnfit."""
    at = fields.instant("starts_at")
    if not _FIRST <= at.year <= _LAST:
        raise YearUnfit(first=_FIRST, last=_LAST)
    return at


def _placed(fields: Fields) -> Placed:
    placed = Placed(
        person=fields.id("person", "u"),
        role=MemberRole(fields.choice("role", frozenset(MemberRole))),
        seat=fields.id("seat", "s") if fields.has("seat") else None,
    )
    fields.end()
    return placed


def _new_item(fields: Fields) -> NewItem:
    new = NewItem(
        item=fields.id("item", "i") if fields.has("item") else None,
        parent=fields.id("parent", "i") if fields.has("parent") else None,
        title=fields.text("title", limit=500).strip(),
        minutes=fields.number("minutes", high=10_000),
        visibility=Visibility(fields.choice("visibility", frozenset(Visibility))),
        presenter=fields.id("presenter", "u") if fields.has("presenter") else None,
    )
    fields.end()
    return new
