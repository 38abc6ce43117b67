"""HTTP of what is done at the terminals of a room: it is looked through, terminals are given orders.

Rules: who prepares meetings may look; only IT gives orders.

Usage: ``app.register_blueprint(blueprint(fleet, checks, orders, clock))``.
"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.fleet.checks import RoomChecks
from server.fleet.model import MAX_REASON, Command
from server.fleet.orders import MAX_DEVICES, FleetOrders, Wanted
from server.fleet.routes import device_of
from server.fleet.service import FleetService
from server.fleet.table import rows_of
from server.identity.model import Role
from server.spreadsheets import csv_of
from server.web import act_id, actor, allow, answer, body
from wire.errors import BadField
from wire.ids import DeviceId
from wire.messages.orders import MAX_WORDS, ORDERS


def blueprint(fleet: FleetService, checks: RoomChecks, orders: FleetOrders, clock: Clock) -> Blueprint:
    """``/api/rooms/<room>/check``, ``/api/devices/orders`` and ``/api/devices.csv``."""
    routes = Blueprint("terminals", __name__)

    @routes.get("/api/rooms/<room>/check")
    @allow(Role.IT, Role.SECRETARY)
    def check(room: str) -> ResponseReturnValue:
        return answer(checks.look(room, now=clock.now()))

    @routes.get("/api/devices.csv")
    @allow(Role.IT)
    def table() -> ResponseReturnValue:
        headers = {"Content-Disposition": 'attachment; filename="thiet-bi.csv"', "Cache-Control": "no-store"}
        return Response(csv_of(rows_of(fleet.devices())), mimetype="text/csv", headers=headers)

    @routes.post("/api/devices/orders")
    @allow(Role.IT)
    def order() -> ResponseReturnValue:
        fields = body()
        devices = [DeviceId(each) for each in fields.ids("devices", "d", limit=MAX_DEVICES)]
        if not devices:
            raise BadField("devices", "is empty")
        kind = fields.choice("kind", ORDERS)
        wanted = Wanted(
            kind,
            fields.text("text", limit=MAX_WORDS).strip() if kind == "say" else "",
            fields.flag("sure") if fields.has("sure") else False,
        )
        fields.end()
        command = Command(actor().label, act_id(), clock.now())
        return answer({"results": orders.give(command, devices, wanted)})

    @routes.post("/api/devices/<device>/wipe")
    @allow(Role.IT)
    def wipe(device: str) -> ResponseReturnValue:
        fields = body()
        label, reason = fields.text("label", limit=80), fields.text("reason", limit=MAX_REASON).strip()
        sure = fields.flag("sure") if fields.has("sure") else False
        fields.end()
        command = Command(actor().label, act_id(), clock.now())
        done = orders.wipe(command, device_of(device), label=label, reason=reason, sure=sure)
        return answer(done, 200 if done["confirmed"] else 202)

    return routes
