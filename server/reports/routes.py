"""HTTP of reports.

Rules: who may read which figures is decided in the service, by what they lead at this moment (RP3); whoever leads
nothing is refused. Nothing of a report is kept by a browser.

Usage: ``app.register_blueprint(blueprint(Desk(reports, office, clock)))``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.reports import printed, tables
from server.reports.counting import FIGURES, SPANS
from server.reports.errors import ReportPeriodWrong
from server.reports.model import Period
from server.reports.ports import Office
from server.reports.service import Question, ReportService, told
from server.spreadsheets import XLSX
from server.web import actor, allow, answer
from wire import ids
from wire.errors import BadField

_LED_TO: Final = frozenset(FIGURES) - SPANS
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the views work with."""

    reports: ReportService
    office: Office
    clock: Clock


def blueprint(desk: Desk) -> Blueprint:
    """``/api/reports``."""
    routes = Blueprint("reports", __name__)

    @routes.get("/api/reports/mine")
    @allow(signed_in=True)
    def my_reports() -> ResponseReturnValue:
        return answer(desk.reports.sight(actor()))

    @routes.get("/api/reports")
    @allow(signed_in=True)
    def report() -> ResponseReturnValue:
        return answer(told(desk.reports.report(_question())))

    @routes.get("/api/reports/meetings")
    @allow(signed_in=True)
    def report_meetings() -> ResponseReturnValue:
        figure = request.args.get("of", "")
        if figure not in _LED_TO:
            raise BadField("of", "is no figure that meetings stand behind")
        return answer(desk.reports.made_of(_question(), figure))

    @routes.get("/api/reports/report.csv")
    @allow(signed_in=True)
    def report_csv() -> ResponseReturnValue:
        return _file(tables.csv_of(desk.reports.report(_question())), "text/csv", "bao-cao.csv")

    @routes.get("/api/reports/report.xlsx")
    @allow(signed_in=True)
    def report_xlsx() -> ResponseReturnValue:
        return _file(tables.xlsx_of(desk.reports.report(_question())), XLSX, "bao-cao.xlsx")

    @routes.get("/api/reports/report.pdf")
    @allow(signed_in=True)
    def report_pdf() -> ResponseReturnValue:
        now = desk.clock.now()
        found = printed.document(desk.reports.report(_question()), desk.office.house(), by=actor().name, now=now)
        return _file(desk.office.print(found, at=now), "application/pdf", "bao-cao.pdf")

    return routes


def _question() -> Question:
    """What the address asks for; raises ReportPeriodWrong, BadId, BadField."""
    args = request.args
    if args.get("exact", "1") != "1":
        raise BadField("exact", "is 1 or left out")
    unit, who = args.get("unit"), args.get("person")
    return Question(
        actor(),
        Period(_day(args.get("from", "")), _day(args.get("to", ""))),
        None if unit is None else ids.parse("o", unit),
        None if who is None else ids.parse("u", who),
        exact="exact" in args,
    )


def _day(text: str) -> dt.date:
    if _DAY.fullmatch(text) is None:
        raise ReportPeriodWrong
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ReportPeriodWrong from None


def _file(data: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, mimetype=mimetype, headers=headers)
