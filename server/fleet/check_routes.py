"""HTTP of the room check, for who looks after the room.

Usage: ``app.register_blueprint(blueprint(checks, clock))``.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.fleet.checks import RoomChecks
from server.identity.model import Role
from server.web import allow, answer


def blueprint(checks: RoomChecks, clock: Clock) -> Blueprint:
    """``/api/rooms/<room>/check``."""
    routes = Blueprint("room-check", __name__)

    @routes.get("/api/rooms/<room>/check")
    @allow(Role.IT, Role.SECRETARY)
    def check(room: str) -> ResponseReturnValue:
        return answer(checks.look(room, now=clock.now()))

    return routes
