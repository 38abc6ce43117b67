"""Routes of private marks (docs/API.md, "Seat page"): what is read and written on a paper by who sits here (P8).

Rules: a mark's form is checked here, before it is sealed; who may read or write is the agent's to say. An answer means
that it is durable at this seat; whether the server has it, the section ``marks`` says.

Usage: ``app.register_blueprint(marks(page.desk))``.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from edge.errors import BadRequest
from edge.events import MarksAsked, MarksWritten
from edge.marks_values import Change
from edge.page import answers
from edge.page.desk import Desk
from wire import ids
from wire.fields import Fields
from wire.marks_content import read_content

MAX_CHANGES: Final = 200


def marks(desk: Desk) -> Blueprint:
    """The two routes."""
    routes = Blueprint("marks", __name__, url_prefix="/api/marks")

    @routes.get("")
    def read() -> ResponseReturnValue:
        paper = ids.parse("p", request.args.get("paper"))
        return answers.answer(desk.ask(lambda number: MarksAsked(number, paper)))

    @routes.post("")
    def write() -> ResponseReturnValue:
        fields = answers.body()
        changes = tuple(_change(each) for each in fields.objects("changes", limit=MAX_CHANGES))
        fields.end()
        if not changes or len({change.mark for change in changes}) != len(changes):
            raise BadRequest
        return answers.answer(desk.ask(lambda number: MarksWritten(number, changes)))

    return routes


def _change(fields: Fields) -> Change:
    mark = fields.id("mark", "n")
    content = read_content(fields.any("content")) if fields.has("content") else None
    fields.end()
    return Change(mark, content)
