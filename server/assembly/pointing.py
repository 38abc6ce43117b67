"""The presenter's pointer: between the live screens, the seats' acts and the link to the seats.

Rules: stands in front of the handler of seats' acts; runs before the link to the seats.

Usage: ``pointing.build(services)``.
"""

from __future__ import annotations

from typing import Final

from server.live.pointing import PointActs, Pointing
from server.services import Services
from wire.ids import RoomId
from wire.messages import Point, View


class _Line:
    """Whoever is the link to the seats then."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def pointed(self, room: RoomId, point: Point | View) -> None:
        """Tell the room."""
        self._services.distribution.pointed(room, point)


def build(services: Services) -> None:
    """Put the feature together."""
    services.pointing = Pointing(services.meetings, services.live, _Line(services))
    services.acts = PointActs(services.acts, services.pointing, services.clock)
