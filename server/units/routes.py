"""HTTP of the tree of units.

Rules: everybody who is signed in sees the tree; only the system administrator changes it. Who is in a unit is seen by
whoever may see the accounts.

Usage: ``app.register_blueprint(blueprint(units, clock))``.
"""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.names import by_name
from server.units.model import MAX_CODE, MAX_DEPUTIES, MAX_NAME
from server.units.service import By, Description, UnitService
from server.web import act_id, actor, allow, answer, body, nothing
from wire.fields import Fields


def blueprint(units: UnitService, clock: Clock) -> Blueprint:
    """``/api/units`` and ``/api/people/<u>/unit``."""
    routes = Blueprint("units", __name__)

    def by() -> By:
        return By(actor().label, act_id(), clock.now())

    @routes.get("/api/units")
    @allow(signed_in=True)
    def listed() -> ResponseReturnValue:
        return answer({"units": units.listed(now=clock.now())})

    @routes.get("/api/units/<unit>/people")
    @allow(Role.SECRETARY, Role.IT, Role.CLERK, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def people(unit: str) -> ResponseReturnValue:
        found = units.people_of(unit, now=clock.now(), below=request.args.get("below") != "no")
        told = [{"id": each.id, "name": each.name, "position": each.position, "unit": each.unit} for each in found]
        return answer({"people": sorted(told, key=lambda each: by_name(each["name"]))})

    @routes.post("/api/units")
    @allow(Role.SYSTEM_ADMIN)
    def add() -> ResponseReturnValue:
        fields = body()
        told, parent = _description(fields), _unit(fields, "parent")
        fields.end()
        return answer(units.add(told, parent=parent, by=by()), 201)

    @routes.put("/api/units/<unit>")
    @allow(Role.SYSTEM_ADMIN)
    def describe(unit: str) -> ResponseReturnValue:
        fields = body()
        told, revision = _description(fields), fields.number("revision", low=1)
        fields.end()
        return answer(units.describe(unit, told, revision=revision, by=by()))

    @routes.post("/api/units/<unit>/move")
    @allow(Role.SYSTEM_ADMIN)
    def move(unit: str) -> ResponseReturnValue:
        fields = body()
        parent, before, revision = _unit(fields, "parent"), _unit(fields, "before"), fields.number("revision", low=1)
        fields.end()
        return answer(units.move(unit, parent=parent, before=before, revision=revision, by=by()))

    @routes.post("/api/units/<unit>/close")
    @allow(Role.SYSTEM_ADMIN)
    def close(unit: str) -> ResponseReturnValue:
        fields = body()
        into, revision = _unit(fields, "into"), fields.number("revision", low=1)
        fields.end()
        return answer(units.close(unit, into=into, revision=revision, by=by()))

    @routes.post("/api/units/<unit>/open")
    @allow(Role.SYSTEM_ADMIN)
    def open_again(unit: str) -> ResponseReturnValue:
        fields = body()
        revision = fields.number("revision", low=1)
        fields.end()
        return answer(units.open(unit, revision=revision, by=by()))

    @routes.post("/api/people/<person>/unit")
    @allow(Role.SYSTEM_ADMIN)
    def place(person: str) -> ResponseReturnValue:
        fields = body()
        unit = _unit(fields, "unit")
        fields.end()
        units.place(person, unit, by=by())
        return nothing()

    return routes


def _description(fields: Fields) -> Description:
    return Description(
        # A little more than is kept: what is too long, or written apart, is tidied and judged by the tree's rules.
        fields.text("code", limit=2 * MAX_CODE),
        fields.text("name", limit=2 * MAX_NAME),
        fields.id("head", "u") if fields.has("head") else None,
        fields.ids("deputies", "u", limit=MAX_DEPUTIES) if fields.has("deputies") else (),
    )


def _unit(fields: Fields, key: str) -> str | None:
    """A unit of a body, None when it is left out."""
    return fields.id(key, "o") if fields.has(key) else None
