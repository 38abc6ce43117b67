"""HTTP of rooms.

Rules: everybody who is signed in sees rooms and seats; only IT draws them.

Usage: ``app.register_blueprint(blueprint(rooms, clock, device_at))``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.rooms.model import MAX_SEATS, PLAN_SIZE, Moved, NewSeat, Room
from server.rooms.service import RoomService
from server.web import act_id, actor, allow, answer, body
from wire.fields import Fields

#: seat id → ``{id, state, online}`` of the terminal there
DeviceAt = Callable[[str], dict[str, Any] | None]


def blueprint(rooms: RoomService, clock: Clock, device_at: DeviceAt) -> Blueprint:
    """``/api/rooms``."""
    routes = Blueprint("rooms", __name__)

    @routes.get("/api/rooms")
    @allow(signed_in=True)
    def list_rooms() -> ResponseReturnValue:
        return answer({"rooms": [_room(room, device_at) for room in rooms.rooms()]})

    @routes.post("/api/rooms")
    @allow(Role.IT)
    def create_room() -> ResponseReturnValue:
        fields = body()
        name = fields.text("name", limit=200).strip()
        seats = [_seat(entry) for entry in fields.objects("seats", limit=MAX_SEATS)]
        fields.end()
        return answer(rooms.create_room(name, seats, actor=actor().label, act=act_id(), now=clock.now()), 201)

    @routes.put("/api/rooms/<room>/plan")
    @allow(Role.IT)
    def draw_room(room: str) -> ResponseReturnValue:
        fields = body()
        moved = [_moved(entry) for entry in fields.objects("moved", limit=MAX_SEATS)]
        added = [_seat(entry) for entry in fields.objects("added", limit=MAX_SEATS)]
        fields.end()
        return answer(rooms.draw(room, moved, added, actor=actor().label, act=act_id(), now=clock.now()))

    return routes


def _moved(fields: Fields) -> Moved:
    moved = Moved(fields.id("seat", "s"), fields.number("x", high=PLAN_SIZE), fields.number("y", high=PLAN_SIZE))
    fields.end()
    return moved


def _seat(fields: Fields) -> NewSeat:
    seat = NewSeat(
        fields.text("label", limit=80).strip(),
        fields.number("x", high=PLAN_SIZE),
        fields.number("y", high=PLAN_SIZE),
    )
    fields.end()
    return seat


def _room(room: Room, device_at: DeviceAt) -> dict[str, Any]:
    return {
        "id": room.id,
        "name": room.name,
        "seats": [
            {"id": seat.id, "label": seat.label, "x": seat.x, "y": seat.y, "device": device_at(seat.id)}
            for seat in room.seats
        ],
    }
