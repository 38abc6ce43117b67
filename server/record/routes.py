"""HTTP of the record.

Rules: for those who run the house, keep its secrets, write its meetings or audit it; nothing of a meeting's content
passes here.

Usage: ``app.register_blueprint(blueprint(desk, clock))``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.identity.routes import code, password
from server.record.desk import RecordDesk
from server.record.reading import Filter, LogReader
from server.record.table import table
from server.web import actor, allow, answer, body
from wire.entries import HOUSE
from wire.fields import Fields
from wire.secret import Secret

_REASON: Final = 1000
Prove = Callable[[Secret, Secret | None], None]


def blueprint(desk: RecordDesk, reader: LogReader, clock: Clock, *, prove_again: Prove) -> Blueprint:
    """All routes under ``/api/record``; ``prove_again`` raises unless password and code are those of who calls."""
    routes = Blueprint("record", __name__)
    readers = (Role.IT, Role.SECURITY_ADMIN, Role.SECRETARY, Role.AUDITOR)

    @routes.get("/api/record")
    @allow(*readers)
    def get_record() -> ResponseReturnValue:
        return answer(desk.overview())

    @routes.post("/api/record/verify")
    @allow(*readers)
    def verify_record() -> ResponseReturnValue:
        body().end()
        return answer(desk.verify(by=actor().label, now=clock.now()))

    @routes.post("/api/record/restored")
    @allow(Role.SECURITY_ADMIN)
    def acknowledge_restoration() -> ResponseReturnValue:
        fields = body()
        shown = fields.number("old", low=1), fields.number("new")
        reason, secret, given = fields.text("reason", limit=_REASON), password(fields, "password"), code(fields)
        fields.end()
        prove_again(secret, given)
        return answer(desk.acknowledge(shown, reason=reason, by=actor().label, now=clock.now()))

    @routes.get("/api/record/export")
    @allow(*readers)
    def export_record() -> ResponseReturnValue:
        data = desk.export(by=actor().label, now=clock.now())
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'attachment; filename="nhat-ky-toan-ven.zip"',
        }
        return Response(data, mimetype="application/zip", headers=headers)

    @routes.post("/api/record/entries")
    @allow(Role.AUDITOR, act=False)
    def read_entries() -> ResponseReturnValue:
        fields = body()
        wanted = _wanted(fields)
        before = fields.number("before") if fields.has("before") else None
        fields.end()
        return answer(reader.read(wanted, before=before, by=actor().label, now=clock.now()))

    @routes.post("/api/record/entries/file")
    @allow(Role.AUDITOR, act=False)
    def take_entries() -> ResponseReturnValue:
        fields = body()
        wanted = _wanted(fields)
        fields.end()
        rows = reader.take(wanted, by=actor().label, now=clock.now())
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="nhat-ky.csv"'}
        return Response(table(rows), mimetype="text/csv", headers=headers)

    return routes


def _wanted(fields: Fields) -> Filter:
    """What the auditor asks for; raises BadField."""
    log = fields.text("log", limit=18) if fields.has("log") else ""
    if log not in {"", HOUSE}:
        log = fields.id("log", "m")
    return Filter(
        log=log,
        actor=fields.id("actor", "u") if fields.has("actor") else "",
        kind=fields.text("kind", limit=60) if fields.has("kind") else "",
        since=fields.instant("since") if fields.has("since") else None,
        until=fields.instant("until") if fields.has("until") else None,
    )
