"""HTTP of the book of the terminals: IT alone; what is written there stands in the record for the auditor as well.

Usage: ``app.register_blueprint(blueprint(book, clock))``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.fleet.routes import device_of
from server.identity.model import Role
from server.spreadsheets import XLSX, Sheet, csv_of, xlsx_of
from server.upkeep.model import MAX_AT_ONCE, MAX_COST, MAX_MONTHS, MAX_TEXT, MAX_WHO, Kind, Said
from server.upkeep.service import By, UpkeepService, Wanted
from server.upkeep.table import rows_of
from server.web import act_id, actor, allow, answer, body, nothing
from wire.errors import BadField
from wire.fields import Fields

_REASON = 500


def blueprint(book: UpkeepService, clock: Clock) -> Blueprint:
    """All routes under ``/api/devices/book``."""
    routes = Blueprint("upkeep", __name__)

    def by() -> By:
        return By(actor().label, actor().name, act_id(), clock.now())

    @routes.get("/api/devices/book")
    @allow(Role.IT)
    def everything() -> ResponseReturnValue:
        return answer(book.book(now=clock.now()))

    @routes.get("/api/devices/book/standing")
    @allow(Role.IT)
    def standing() -> ResponseReturnValue:
        return answer(book.standing(now=clock.now()))

    @routes.get("/api/devices/<device>/book")
    @allow(Role.IT)
    def sheet(device: str) -> ResponseReturnValue:
        return answer(book.sheet(device_of(device), now=clock.now()))

    @routes.get("/api/devices/book.csv")
    @allow(Role.IT)
    def as_csv() -> ResponseReturnValue:
        return _file(csv_of(rows_of(book.entries())), "text/csv", "so-thiet-bi.csv")

    @routes.get("/api/devices/book.xlsx")
    @allow(Role.IT)
    def as_workbook() -> ResponseReturnValue:
        table = Sheet(
            "Sổ thiết bị", rows_of(book.entries()), widths=(8, 12, 24, 12, 16, 22, 14, 44, 44, 28, 16, 14, 24)
        )
        return _file(xlsx_of([table]), XLSX, "so-thiet-bi.xlsx")

    _add_entries(routes, book, by)
    _add_plans(routes, book, by)
    return routes


def _add_entries(routes: Blueprint, book: UpkeepService, by: Callable[[], By]) -> None:
    @routes.post("/api/devices/book/entries")
    @allow(Role.IT)
    def write() -> ResponseReturnValue:
        fields = body()
        devices = fields.ids("devices", "d", limit=MAX_AT_ONCE)
        if not devices:
            raise BadField("devices", "is empty")
        feedback = fields.number("feedback", low=1, high=2**31 - 1) if fields.has("feedback") else None
        if feedback is not None and len(set(devices)) > 1:
            raise BadField("feedback", "is told of one device")
        said = _said(fields)
        fields.end()
        return answer(book.write(devices, said, by=by(), feedback=feedback), 201)

    @routes.post("/api/devices/book/entries/<int:number>/end")
    @allow(Role.IT)
    def end(number: int) -> ResponseReturnValue:
        fields = body()
        closed = _day(fields, "closed_on")
        ending = Said(Kind.FAULT, closed, "", *_doing(fields), closed)
        seen = fields.number("seen", low=1)
        fields.end()
        return answer(book.end(_number(number), ending, seen=seen, by=by()))

    @routes.post("/api/devices/book/entries/<int:number>/correct")
    @allow(Role.IT)
    def correct(number: int) -> ResponseReturnValue:
        fields = body()
        reason, seen = fields.text("reason", limit=_REASON).strip(), fields.number("seen", low=1)
        if not reason:
            raise BadField("reason", "is empty")
        said = _said(fields)
        fields.end()
        return answer(book.correct(_number(number), said, reason=reason, seen=seen, by=by()))


def _add_plans(routes: Blueprint, book: UpkeepService, by: Callable[[], By]) -> None:
    @routes.post("/api/devices/book/plans")
    @allow(Role.IT)
    def plan() -> ResponseReturnValue:
        fields = body()
        device = fields.id("device", "d") if fields.has("device") else None
        room = fields.id("room", "r") if fields.has("room") else None
        if (device is None) == (room is None):
            raise BadField("device", "or room, one of them")
        months = fields.number("every_months", low=1, high=MAX_MONTHS)
        wanted = Wanted(
            device, room, months, _day(fields, "first_day"), fields.text("what", limit=_REASON, empty=True).strip()
        )
        fields.end()
        return answer(book.plan(wanted, by=by()), 201)

    @routes.post("/api/devices/book/plans/<int:number>/end")
    @allow(Role.IT)
    def end_plan(number: int) -> ResponseReturnValue:
        body().end()
        book.end_plan(_number(number), by=by())
        return nothing()


def _said(fields: Fields) -> Said:
    kind, day = Kind(fields.choice("kind", frozenset(Kind))), _day(fields, "day")
    found = fields.text("found", limit=MAX_TEXT, empty=True).strip()
    done, by_whom, cost = _doing(fields)
    if not found and (kind is not Kind.UPKEEP or not done):
        raise BadField("done" if kind is Kind.UPKEEP else "found", "is empty")
    closed_on = _day(fields, "closed_on") if fields.has("closed_on") else None
    return Said(kind, day, found, done, by_whom, cost, closed_on)


def _doing(fields: Fields) -> tuple[str, str, int | None]:
    """What was done, by whom, for how much."""
    done = fields.text("done", limit=MAX_TEXT, empty=True).strip()
    by_whom = fields.text("by_whom", limit=MAX_WHO, empty=True).strip()
    return done, by_whom, fields.number("cost", high=MAX_COST) if fields.has("cost") else None


def _day(fields: Fields, name: str) -> dt.date:
    try:
        day = dt.datetime.strptime(fields.text(name, limit=10), "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise BadField(name, "is not a day like 2026-11-21") from None
    if not 2000 <= day.year < 2100:
        raise BadField(name, "is not a day of this century")
    return day


def _number(number: int) -> int:
    """None that no table could hold."""
    return number if number < 2**31 else 0


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, mimetype=kind, headers=headers)
