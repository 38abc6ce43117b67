"""HTTP of lists of terminals to come: IT alone.

Rules: a file travels in the body, in base 64, so that its size has the bound of every body; its codes are never in an
answer.

Usage: ``app.register_blueprint(blueprint(lists, clock))``.
"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.enrolment.model import MOST_DAYS
from server.enrolment.service import EnrolmentService, template
from server.identity.model import Role
from server.units.service import By
from server.web import act_id, actor, allow, answer, body, nothing


def blueprint(lists: EnrolmentService, clock: Clock) -> Blueprint:
    """All routes under ``/api/devices/list``."""
    routes = Blueprint("enrolment", __name__)

    def by() -> By:
        return By(actor().label, act_id(), clock.now())

    @routes.get("/api/devices/list")
    @allow(Role.IT)
    def rows() -> ResponseReturnValue:
        return answer({"rows": lists.rows(now=clock.now())})

    @routes.get("/api/devices/list/attention")
    @allow(Role.IT)
    def attention() -> ResponseReturnValue:
        return answer({"rows": lists.attention(now=clock.now())})

    @routes.get("/api/devices/list/template")
    @allow(Role.IT)
    def empty() -> ResponseReturnValue:
        headers = {"Content-Disposition": 'attachment; filename="danh-sach-thiet-bi.csv"', "Cache-Control": "no-store"}
        return Response(template(), mimetype="text/csv", headers=headers)

    @routes.post("/api/devices/list/look")
    @allow(Role.IT, act=False)
    def look() -> ResponseReturnValue:
        fields = body()
        data = fields.base64("file")
        fields.end()
        return answer(lists.look(data, now=clock.now()))

    @routes.post("/api/devices/list/take")
    @allow(Role.IT)
    def take() -> ResponseReturnValue:
        fields = body()
        data, seen = fields.base64("file"), fields.hex("seen", size=32)
        days = fields.number("days", low=1, high=MOST_DAYS)
        fields.end()
        return answer(lists.take(data, seen=seen, days=days, by=by(), name=actor().name))

    @routes.post("/api/devices/list/<int:number>/take-back")
    @allow(Role.IT)
    def take_back(number: int) -> ResponseReturnValue:
        body().end()
        lists.take_back(_number(number), by=by())
        return nothing()

    @routes.post("/api/devices/list/<int:number>/settle")
    @allow(Role.IT)
    def settle(number: int) -> ResponseReturnValue:
        body().end()
        lists.settle(_number(number), by=by())
        return nothing()

    return routes


def _number(number: int) -> int:
    """None that no table could hold."""
    return number if number < 2**31 else 0
