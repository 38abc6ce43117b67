"""HTTP of the agency's description.

Rules: everybody who is signed in sees it; only the system administrator changes it.

Usage: ``app.register_blueprint(blueprint(agency, clock))``.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.agency.errors import AgencyTooLong
from server.agency.model import LETTERS, MAX_LINE, MAX_LINES, MAX_PLACE, MAX_SHORT, House
from server.agency.service import AgencyService
from server.clock import Clock
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body
from wire.fields import Fields


def blueprint(agency: AgencyService, clock: Clock) -> Blueprint:
    """``/api/agency``."""
    routes = Blueprint("agency", __name__)

    @routes.get("/api/agency")
    @allow(signed_in=True)
    def read() -> ResponseReturnValue:
        known = agency.known()
        return answer({"agency": None if known is None else known.to_value()})

    @routes.put("/api/agency")
    @allow(Role.SYSTEM_ADMIN)
    def describe() -> ResponseReturnValue:
        fields = body()
        house = House(
            _lines(fields, "parent", least=0),
            _lines(fields, "name", least=1),
            fields.text("short", limit=MAX_SHORT),
            fields.text("place", limit=MAX_PLACE),
        )
        fields.end()
        return answer(agency.describe(house, actor=actor().label, act=act_id(), now=clock.now()))

    return routes


def _lines(fields: Fields, key: str, *, least: int) -> tuple[str, ...]:
    lines = tuple(
        each.strip() for each in fields.text(key, limit=LETTERS, empty=least == 0).splitlines() if each.strip()
    )
    if len(lines) > MAX_LINES or any(len(each) > MAX_LINE for each in lines):
        raise AgencyTooLong(lines=MAX_LINES, letters=MAX_LINE)
    return lines
