"""HTTP of tasks.

Rules: who has a part in a task is decided in the service, task by task (TK2); a task one has no part in is not there.
By hand tasks are given by secretaries, from a meeting by who leads it. Files are never kept by a browser.

Usage: ``app.register_blueprint(blueprint(Desk(tasks, …)))``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.papers.intake import Intake
from server.papers.routes import received
from server.papers.submission import Asked
from server.search.model import parse
from server.spreadsheets import XLSX
from server.tasks import model, tables
from server.tasks.agenda import MAX_TASKS, Leftovers
from server.tasks.errors import TaskDayWrong, TaskFileUnknown, TaskUnknown
from server.tasks.evidence import Proofs
from server.tasks.model import Giving, Move, party
from server.tasks.ports import Calendar
from server.tasks.reading import TaskReading
from server.tasks.service import Said, TaskService, day_of
from server.web import act_id, actor, allow, answer, body
from wire.errors import BadField
from wire.fields import Fields
from wire.ids import MeetingId
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_TASK: Final = re.compile(r"t-[a-z2-7]{16}", re.ASCII)
_FIRST, _LAST = 2020, 2099
_MAX_ITEM_TITLE: Final = 300
_MEETING: Final = "/api/meetings/<meeting>/tasks"
#: Moves whose words are the whole point.
_WITH_WORDS: Final = frozenset(
    {Move.RETURN, Move.DROP, Move.URGE, Move.REPORT, Move.NOTE, Move.ASK, Move.REFUSE, Move.REFER}
)
#: Moves that are routes of their own.
_OTHERS: Final = frozenset({Move.GIVE, Move.EDIT, Move.FILE, Move.HAND})
_MOVES: Final = frozenset(each.value for each in Move if each not in _OTHERS)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the views work with."""

    tasks: TaskService
    reading: TaskReading
    proofs: Proofs
    leftovers: Leftovers
    intake: Intake
    calendar: Calendar
    clock: Clock

    def asked(self, *, changes: bool = True) -> Asked:
        """Who calls."""
        return Asked(actor(), act_id() if changes else "", self.clock.now())


def blueprint(desk: Desk) -> Blueprint:
    """All routes of tasks."""
    routes = Blueprint("tasks", __name__)
    _reading(routes, desk)
    _giving(routes, desk)
    _moving(routes, desk)
    _meeting(routes, desk)
    return routes


def _reading(routes: Blueprint, desk: Desk) -> None:
    @routes.get("/api/tasks")
    @allow(signed_in=True)
    def my_tasks() -> ResponseReturnValue:
        asked = desk.asked(changes=False)
        if "q" in request.args:
            found = desk.reading.found(parse(request.args["q"]), asked)
            return answer({"tasks": found, "today": day_of(asked.now).isoformat()})
        return answer(desk.reading.mine(asked))

    @routes.get("/api/tasks/counts")
    @allow(signed_in=True)
    def task_counts() -> ResponseReturnValue:
        return answer(desk.reading.counted(desk.asked(changes=False)))

    @routes.get("/api/tasks/counts.csv")
    @allow(signed_in=True)
    def task_counts_csv() -> ResponseReturnValue:
        told = desk.reading.counted(desk.asked(changes=False))
        return _table(tables.csv_of(told), "text/csv", "nhiem-vu.csv")

    @routes.get("/api/tasks/counts.xlsx")
    @allow(signed_in=True)
    def task_counts_xlsx() -> ResponseReturnValue:
        told = desk.reading.counted(desk.asked(changes=False))
        return _table(tables.xlsx_of(told), XLSX, "nhiem-vu.xlsx")

    @routes.get("/api/tasks/<task>")
    @allow(signed_in=True)
    def read_task(task: str) -> ResponseReturnValue:
        return answer(desk.reading.one(_task(task), asked=desk.asked(changes=False)))

    @routes.get("/api/tasks/<task>/files/<int:number>")
    @allow(signed_in=True)
    def task_file(task: str, number: int) -> ResponseReturnValue:
        if number > model.MAX_ENTRIES:
            raise TaskFileUnknown
        found, pdf = desk.proofs.read(_task(task), number, asked=desk.asked(changes=False))
        tidy = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", found.name).strip()[:120]
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(tidy)}.pdf",
        }
        return Response(pdf, mimetype="application/pdf", headers=headers)

    @routes.get("/api/tasks/days/<day>")
    @allow(signed_in=True)
    def about_day(day: str) -> ResponseReturnValue:
        found, today = _date(day, "day"), day_of(desk.clock.now())
        left = desk.calendar.between(today + dt.timedelta(days=1), found)
        return answer({"day": found.isoformat(), "worked": desk.calendar.is_worked(found), "left": left})


def _giving(routes: Blueprint, desk: Desk) -> None:
    @routes.post("/api/tasks")
    @allow(Role.SECRETARY)
    def give_task() -> ResponseReturnValue:
        fields = body()
        giving = _read_giving(fields)
        fields.end()
        return answer(desk.tasks.give(giving, meeting=None, item=None, asked=desk.asked()), 201)

    @routes.post(_MEETING)
    @allow(Role.SECRETARY, member=_LEADERS)
    def give_from_meeting(meeting: str) -> ResponseReturnValue:
        fields = body()
        item = fields.id("item", "i") if fields.has("item") else None
        giving = _read_giving(fields)
        fields.end()
        return answer(desk.tasks.give(giving, meeting=meeting, item=item, asked=desk.asked()), 201)

    @routes.put("/api/tasks/<task>")
    @allow(signed_in=True)
    def edit_task(task: str) -> ResponseReturnValue:
        fields = body()
        revision, giving = fields.number("revision", low=1), _read_giving(fields)
        fields.end()
        return answer(desk.tasks.edit(_task(task), giving, revision=revision, asked=desk.asked()))


def _moving(routes: Blueprint, desk: Desk) -> None:
    @routes.post("/api/tasks/<task>/<move>")
    @allow(signed_in=True)
    def move_task(task: str, move: str) -> ResponseReturnValue:
        if move not in _MOVES:
            raise TaskUnknown
        fields = body()
        said = _read_said(Move(move), fields)
        fields.end()
        return answer(desk.tasks.act(_task(task), said, asked=desk.asked()))

    @routes.post("/api/tasks/<task>/files")
    @allow(signed_in=True)
    def add_file(task: str) -> ResponseReturnValue:
        with received(desk.intake) as form:
            text = form.fields.get("text", "").strip()[: model.MAX_TEXT]
            done = desk.proofs.add(_task(task), form.inbox, form.file_name, text=text, asked=desk.asked())
            return answer(done, 201)


def _meeting(routes: Blueprint, desk: Desk) -> None:
    @routes.get(_MEETING)
    @allow(Role.SECRETARY, member=_LEADERS)
    def meeting_tasks(meeting: str) -> ResponseReturnValue:
        return answer(desk.reading.of_meeting(MeetingId(meeting), desk.asked(changes=False)))

    @routes.post(f"{_MEETING}/agenda")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def take_tasks(meeting: str) -> ResponseReturnValue:
        fields = body()
        tasks = fields.ids("tasks", "t", limit=MAX_TASKS)
        title = fields.text("title", limit=_MAX_ITEM_TITLE).strip()
        fields.end()
        return answer(desk.leftovers.take(MeetingId(meeting), tasks, title, asked=desk.asked()), 201)


def _table(data: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, mimetype=mimetype, headers=headers)


def _read_giving(fields: Fields) -> Giving:
    title = fields.text("title", limit=model.MAX_TITLE).strip()
    if not title:
        raise BadField("body.title", "is empty")
    return Giving(
        title,
        fields.text("detail", limit=model.MAX_TEXT, empty=True).strip() if fields.has("detail") else "",
        party(_party(fields.any("lead"), "lead")),
        tuple(party(_party(each, "helpers")) for each in fields.items("helpers", limit=model.MAX_HELPERS)),
        _date(fields.text("due", limit=10), "due"),
    )


def _read_said(move: Move, fields: Fields) -> Said:
    text = fields.text("text", limit=model.MAX_TEXT, empty=True).strip() if fields.has("text") else ""
    if move in _WITH_WORDS and not text:
        raise BadField("body.text", "is empty")
    return Said(
        move,
        text,
        percent=fields.number("percent", high=model.ALL) if fields.has("percent") else None,
        until=_date(fields.text("until", limit=10), "until") if fields.has("until") else None,
        number=fields.number("number", high=model.MAX_ENTRIES) if fields.has("number") else 0,
        answers=fields.id("answers", "u") if fields.has("answers") else None,
    )


def _party(value: object, name: str) -> str:
    if not isinstance(value, str) or re.fullmatch(r"[uo]-[a-z2-7]{16}", value, re.ASCII) is None:
        raise BadField(f"body.{name}", "is neither a person nor a unit")
    return value


def _task(text: str) -> str:
    if _TASK.fullmatch(text) is None:
        raise TaskUnknown
    return text


def _date(text: str, name: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise BadField(f"body.{name}", "is not a day like 2026-09-02") from None
    if text != found.isoformat() or not _FIRST <= found.year <= _LAST:
        raise TaskDayWrong
    return found
