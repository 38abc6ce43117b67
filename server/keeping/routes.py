"""HTTP of looking after terminals: hours of a room's screens, maintenance, switching on.

Rules: only IT does any of it; the hours of a room are seen by who sees its room check.

Usage: ``app.register_blueprint(blueprint(keeping, rooms, clock))``.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.fleet.model import Command
from server.fleet.orders import MAX_DEVICES
from server.fleet.routes import device_of
from server.identity.model import Role
from server.keeping.model import RoomHours
from server.keeping.service import KeepingService
from server.rooms.model import Room
from server.web import act_id, actor, allow, answer, body
from wire.errors import BadField
from wire.fields import Fields
from wire.ids import DeviceId, RoomId
from wire.messages.keeping import DAY_MIN, MAX_INSTEAD, MAX_REASON


def blueprint(keeping: KeepingService, room_of: Callable[[str], Room], clock: Clock) -> Blueprint:
    """``/api/rooms/<room>/screens``, ``/api/devices/<device>/maintenance`` and ``/api/devices/wake``."""
    routes = Blueprint("keeping", __name__)

    @routes.get("/api/rooms/<room>/screens")
    @allow(Role.IT, Role.SECRETARY)
    def screens(room: str) -> ResponseReturnValue:
        return answer({"hours": keeping.hours().get(RoomId(room_of(room).id))})

    @routes.put("/api/rooms/<room>/screens")
    @allow(Role.IT)
    def set_screens(room: str) -> ResponseReturnValue:
        fields = body()
        hours, was = _hours(fields, "hours"), _hours(fields, "was")
        fields.end()
        command = Command(actor().label, act_id(), clock.now())
        return answer(keeping.set_hours(command, RoomId(room_of(room).id), hours, was=was))

    @routes.post("/api/devices/<device>/maintenance")
    @allow(Role.IT)
    def begin(device: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=MAX_REASON).strip()
        instead = fields.text("instead", limit=MAX_INSTEAD, empty=True).strip()
        sure = fields.flag("sure") if fields.has("sure") else False
        fields.end()
        if not reason:
            raise BadField("reason", "is empty")
        command = Command(actor().label, act_id(), clock.now())
        done = keeping.begin(command, device_of(device), reason=reason, instead=instead, by=actor().name, sure=sure)
        return answer(done)

    @routes.post("/api/devices/<device>/maintenance/end")
    @allow(Role.IT)
    def end(device: str) -> ResponseReturnValue:
        body().end()
        keeping.end(Command(actor().label, act_id(), clock.now()), device_of(device))
        return Response(status=204)

    @routes.post("/api/devices/wake")
    @allow(Role.IT)
    def wake() -> ResponseReturnValue:
        fields = body()
        devices = [DeviceId(each) for each in fields.ids("devices", "d", limit=MAX_DEVICES)]
        fields.end()
        if not devices:
            raise BadField("devices", "is empty")
        return answer({"results": keeping.wake(Command(actor().label, act_id(), clock.now()), devices)})

    return routes


def _hours(fields: Fields, key: str) -> RoomHours | None:
    """``{begins, ends}`` in minutes of the day, or null."""
    if not fields.has(key):
        return None
    given = fields.object(key)
    begins, ends = given.number("begins", high=DAY_MIN), given.number("ends", high=DAY_MIN)
    given.end()
    if ends <= begins:
        raise BadField(f"{key}.ends", "is not after the beginning")
    return RoomHours(begins, ends)
