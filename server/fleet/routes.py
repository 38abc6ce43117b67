"""HTTP of the fleet for IT.

Rules: only IT sees and decides; the 12 digits are typed or confirmed by whoever stands at the seat.

Usage: ``app.register_blueprint(blueprint(fleet, clock))``.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.fleet.errors import DeviceUnknown
from server.fleet.model import MAX_REASON, SETTLED, Alert, Command
from server.fleet.service import FleetService
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body, nothing
from wire import ids
from wire.errors import BadId
from wire.ids import DeviceId
from wire.messages.machine import STORE_ID_BYTES


def blueprint(fleet: FleetService, clock: Clock) -> Blueprint:
    """``/api/devices``."""
    routes = Blueprint("fleet", __name__)

    def command() -> Command:
        return Command(actor().label, act_id(), clock.now(), actor().name)

    @routes.get("/api/devices")
    @allow(Role.IT)
    def devices() -> ResponseReturnValue:
        return answer({"devices": fleet.devices()})

    @routes.post("/api/devices/<device>/approve")
    @allow(Role.IT)
    def approve(device: str) -> ResponseReturnValue:
        fields = body()
        seat, code = fields.id("seat", "s"), fields.text("code", limit=40)
        replace = fields.flag("replace") if fields.has("replace") else False
        fields.end()
        fleet.approve(command(), device_of(device), seat=seat, code=code, replace=replace)
        return nothing()

    @routes.post("/api/devices/<device>/refuse")
    @allow(Role.IT)
    def refuse(device: str) -> ResponseReturnValue:
        fleet.refuse(command(), device_of(device), reason=_reason())
        return nothing()

    @routes.post("/api/devices/<device>/revoke")
    @allow(Role.IT)
    def revoke(device: str) -> ResponseReturnValue:
        confirmed = fleet.revoke(command(), device_of(device), reason=_reason())
        return nothing() if confirmed else answer({"confirmed": False}, 202)

    @routes.post("/api/devices/<device>/seat")
    @allow(Role.IT)
    def move(device: str) -> ResponseReturnValue:
        fields = body()
        seat = fields.id("seat", "s")
        fields.end()
        fleet.move(command(), device_of(device), seat=seat)
        return nothing()

    @routes.post("/api/devices/<device>/alerts/<kind>/settle")
    @allow(Role.IT)
    def settle(device: str, kind: str) -> ResponseReturnValue:
        if kind not in {each.value for each in SETTLED}:
            raise DeviceUnknown
        fields, is_shut = body(), kind == Alert.STORE_SHUT.value
        question = fields.hex("question", size=STORE_ID_BYTES) if is_shut else ""
        fields.end()
        if is_shut:
            fleet.make_anew(command(), device_of(device), question)
        else:
            fleet.settle(command(), device_of(device), Alert(kind))
        return nothing()

    return routes


def device_of(text: str) -> DeviceId:
    """The id in an address; raises DeviceUnknown."""
    try:
        return DeviceId(ids.parse("d", text))
    except BadId:
        raise DeviceUnknown from None


def _reason() -> str:
    fields = body()
    reason = fields.text("reason", limit=MAX_REASON).strip()
    fields.end()
    return reason
