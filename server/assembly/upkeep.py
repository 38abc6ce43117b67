"""The book of the terminals.

Rules: runs after the fleet, which tells it of every terminal that takes another's place.

Usage: ``upkeep.build(services)``.
"""

from __future__ import annotations

from typing import Final

from server.assembly.record import build_audit
from server.feedback.store import SqlFeedbackStore
from server.rooms.errors import NoSuchRoom
from server.services import Services
from server.upkeep import routes
from server.upkeep.service import UpkeepService
from server.upkeep.store import SqlUpkeepStore


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    book = UpkeepService(
        services.database,
        SqlUpkeepStore(),
        services.fleet.store,
        _Rooms(services),
        SqlFeedbackStore(),
        services.ledger,
        build_audit(services),
    )
    services.fleet.before_swap.append(book.hold)
    services.fleet.on_replaced.append(book.replaced)
    services.blueprints.append(routes.blueprint(book, services.clock))


class _Rooms:
    """The rooms feature as the book's port."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def has_room(self, room: str) -> bool:
        """Whether there is such a room."""
        try:
            self._services.rooms.room(room)
        except NoSuchRoom:
            return False
        return True
