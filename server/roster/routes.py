"""HTTP of lists of accounts.

Rules: who may make an account may bring a list; its rows are judged by the same rules. A file travels in the body, in
base 64, so that its size has the bound of every body. The answer with the passwords is made anew for the same act, and
kept by nobody.

Usage: ``app.register_blueprint(blueprint(roster, clock))``.
"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.choosing import SEED_BYTES
from server.identity.model import Role
from server.roster.service import RosterService, template
from server.units.service import By
from server.web import act_id, actor, allow, answer, body
from wire.secret import Secret


def blueprint(roster: RosterService, clock: Clock) -> Blueprint:
    """All routes under ``/api/people/list``."""
    routes = Blueprint("roster", __name__)

    @routes.get("/api/people/list/template")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def empty() -> ResponseReturnValue:
        headers = {"Content-Disposition": 'attachment; filename="danh-sach-tai-khoan.csv"', "Cache-Control": "no-store"}
        return Response(template(), mimetype="text/csv", headers=headers)

    @routes.post("/api/people/list/look")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, act=False)
    def look() -> ResponseReturnValue:
        fields = body()
        data = fields.base64("file")
        fields.end()
        return answer(roster.look(data, granter=actor(), now=clock.now()))

    @routes.post("/api/people/list/take")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def take() -> ResponseReturnValue:
        fields = body()
        data, seen = fields.base64("file"), fields.hex("seen", size=32)
        seed = Secret(fields.base64("seed", size=SEED_BYTES))
        fields.end()
        by = By(actor().label, act_id(), clock.now())
        return answer(roster.take(data, seen=seen, seed=seed, granter=actor(), by=by))

    return routes
