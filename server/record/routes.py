"""HTTP of the record.

Rules: for those who run the house, keep its secrets, write its meetings or audit it; nothing of a meeting's content
passes here.

Usage: ``app.register_blueprint(blueprint(desk, clock))``.
"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.record.desk import RecordDesk
from server.web import actor, allow, answer, body


def blueprint(desk: RecordDesk, clock: Clock) -> Blueprint:
    """All routes under ``/api/record``."""
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

    @routes.get("/api/record/export")
    @allow(*readers)
    def export_record() -> ResponseReturnValue:
        data = desk.export(by=actor().label, now=clock.now())
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'attachment; filename="nhat-ky-toan-ven.zip"',
        }
        return Response(data, mimetype="application/zip", headers=headers)

    return routes
