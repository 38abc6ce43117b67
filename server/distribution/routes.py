"""HTTP of the distribution: how far the papers of a meeting have come.

Usage: ``app.register_blueprint(blueprint(distribution))``.
"""

from __future__ import annotations

from typing import Any, Protocol

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.identity.model import Role
from server.web import allow, answer
from wire.ids import MeetingId
from wire.state import MemberRole


class Delivery(Protocol):
    """Whoever knows how far the papers have come."""

    def delivery_now(self, meeting: MeetingId) -> dict[str, Any]:
        """``{seats, papers, recall}``; raises NoSuchMeeting."""
        ...


def blueprint(feed: Delivery) -> Blueprint:
    """``GET /api/meetings/<meeting>/delivery``."""
    routes = Blueprint("distribution", __name__)

    @routes.get("/api/meetings/<meeting>/delivery")
    @allow(Role.SECRETARY, Role.IT, member=(MemberRole.CHAIR, MemberRole.SECRETARY))
    def get_delivery(meeting: str) -> ResponseReturnValue:
        return answer(feed.delivery_now(MeetingId(meeting)))

    return routes
