"""HTTP of types, templates and series.

Rules: types are the administrator's, templates the secretary's; only a secretary makes meetings.

Usage: ``app.register_blueprint(blueprint(outlines, clock))``.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.errors import Malformed
from server.identity.model import Role
from server.meetings.routes import beginning
from server.meetings.service import Asked
from server.outlines.errors import OutlineUnknown
from server.outlines.model import MAX_NAME, Content, Kind, read_content
from server.outlines.series import MAX_EVERY, MOST, Move, Rule
from server.outlines.service import Batch, Counting, OutlineService, Source, shown
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.errors import BadField, BadId
from wire.fields import Fields
from wire.ids import MeetingId
from wire.quorum import read_rules

_MAX_MINUTES: Final = 1_440


def blueprint(outlines: OutlineService, clock: Clock) -> Blueprint:
    """``/api/meeting-types``, ``/api/meeting-templates``, ``/api/series``."""
    routes = Blueprint("outlines", __name__)

    def asked() -> Asked:
        return Asked(actor(), act_id(), clock.now())

    _keeping(routes, outlines, asked)
    _making(routes, outlines, asked)
    return routes


def _keeping(routes: Blueprint, outlines: OutlineService, asked: Any) -> None:
    @routes.get("/api/meeting-types")
    @allow(Role.SECRETARY, Role.SYSTEM_ADMIN)
    def list_types() -> ResponseReturnValue:
        return answer({"outlines": _of(outlines, Kind.TYPE)})

    @routes.get("/api/meeting-templates")
    @allow(Role.SECRETARY)
    def list_templates() -> ResponseReturnValue:
        return answer({"outlines": _of(outlines, Kind.TEMPLATE)})

    @routes.post("/api/meeting-types")
    @allow(Role.SYSTEM_ADMIN)
    def keep_type() -> ResponseReturnValue:
        fields = body()
        name, content = _outline(fields, Kind.TYPE)
        fields.end()
        return answer(outlines.keep(Kind.TYPE, name, content, asked=asked()), 201)

    @routes.post("/api/meetings/<meeting>/template")
    @allow(Role.SECRETARY)
    def keep_template(meeting: str) -> ResponseReturnValue:
        fields = body()
        name = fields.text("name", limit=MAX_NAME)
        fields.end()
        return answer(outlines.keep_meeting(MeetingId(meeting), name, asked=asked()), 201)

    @routes.put("/api/meeting-types/<outline>")
    @allow(Role.SYSTEM_ADMIN)
    def change_type(outline: str) -> ResponseReturnValue:
        return answer(_change(outlines, Kind.TYPE, outline, asked()))

    @routes.put("/api/meeting-templates/<outline>")
    @allow(Role.SECRETARY)
    def change_template(outline: str) -> ResponseReturnValue:
        return answer(_change(outlines, Kind.TEMPLATE, outline, asked()))

    @routes.delete("/api/meeting-types/<outline>")
    @allow(Role.SYSTEM_ADMIN)
    def retire_type(outline: str) -> ResponseReturnValue:
        return answer(outlines.retire(Kind.TYPE, _id(outline), asked=asked()))

    @routes.delete("/api/meeting-templates/<outline>")
    @allow(Role.SECRETARY)
    def retire_template(outline: str) -> ResponseReturnValue:
        return answer(outlines.retire(Kind.TEMPLATE, _id(outline), asked=asked()))


def _making(routes: Blueprint, outlines: OutlineService, asked: Any) -> None:
    @routes.get("/api/series")
    @allow(Role.SECRETARY)
    def count_series() -> ResponseReturnValue:
        return answer({"days": outlines.counted(_counting())})

    @routes.post("/api/series")
    @allow(Role.SECRETARY)
    def make_meetings() -> ResponseReturnValue:
        fields = body()
        source = _source(fields.object("source")) if fields.has("source") else Source()
        starts = fields.objects("starts", limit=MOST)
        batch = Batch(
            title=fields.text("title", limit=500).strip(),
            type=fields.text("type", limit=MAX_NAME).strip(),
            room=fields.id("room", "r"),
            minutes=fields.number("planned_minutes", high=100_000),
            starts=tuple(beginning(each) for each in starts),
            roll=read_rules(fields.object("roll")) if fields.has("roll") else None,
        )
        for each in (*starts, fields):
            each.end()
        return answer(outlines.make(source, batch, asked=asked()), 201)


def _of(outlines: OutlineService, kind: Kind) -> list[dict[str, Any]]:
    return [shown(each) for each in outlines.all() if each.kind is kind]


def _outline(fields: Fields, kind: Kind) -> tuple[str, Content]:
    return fields.text("name", limit=MAX_NAME), read_content(fields.object("content"), kind=kind)


def _change(outlines: OutlineService, kind: Kind, outline: str, asked: Asked) -> dict[str, Any]:
    fields = body()
    name, content = _outline(fields, kind)
    revision = fields.number("revision", low=1)
    fields.end()
    return outlines.change(kind, _id(outline), name, content=content, revision=revision, asked=asked)


def _source(fields: Fields) -> Source:
    source = Source(
        outline=fields.id("outline", "y") if fields.has("outline") else "",
        meeting=fields.id("meeting", "m") if fields.has("meeting") else "",
        members=fields.flag("members"),
        agenda=fields.flag("agenda"),
        seats=fields.flag("seats"),
    )
    fields.end()
    if source.outline and source.meeting:
        raise BadField("body.source", "is an outline or a meeting, not both")
    return source


def _counting() -> Counting:
    """The question of the address: what is wrong in it is named."""
    given = request.args
    value = {
        "rule": given.get("rule"),
        "first": given.get("first"),
        "every": _number("every"),
        "count": _number("count"),
        "move": given.get("move"),
        "room": given.get("room"),
        "minutes": _number("minutes"),
    }
    fields = Fields({"starts_at": value["first"], **value}, "series")
    return Counting(
        rule=Rule(fields.choice("rule", frozenset(Rule))),
        first=beginning(fields),
        every=fields.number("every", low=1, high=MAX_EVERY),
        count=fields.number("count", low=1, high=MOST),
        move=Move(fields.choice("move", frozenset(Move))),
        room=fields.id("room", "r"),
        minutes=fields.number("minutes", high=_MAX_MINUTES),
    )


def _number(name: str) -> int:
    given = request.args.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Malformed(path=name)
    return int(given)


def _id(text: str) -> str:
    try:
        return ids.parse("y", text)
    except BadId:
        raise OutlineUnknown from None
