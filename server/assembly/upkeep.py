"""The book of the terminals.

Rules: runs after the fleet, which tells it of every terminal that takes another's place.

Usage: ``upkeep.build(services)``.
"""

from __future__ import annotations

from server.assembly.record import build_audit
from server.feedback.store import SqlFeedbackStore
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
        SqlFeedbackStore(),
        services.ledger,
        build_audit(services),
    )
    services.fleet.before_swap.append(book.hold)
    services.fleet.on_replaced.append(book.replaced)
    services.blueprints.append(routes.blueprint(book, services.clock))
