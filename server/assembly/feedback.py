"""Faults and wishes: from consoles and seats to the desk.

Rules: runs before the link to the seats.

Usage: ``feedback.build(services)``.
"""

from __future__ import annotations

from server.feedback import routes
from server.feedback.acts import seat_acts
from server.feedback.service import FeedbackService
from server.feedback.store import SqlFeedbackStore
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    feedback = FeedbackService(services.database, SqlFeedbackStore(), services.ledger)
    services.seat_acts |= seat_acts(feedback, services.identity)
    services.blueprints.append(routes.blueprint(feedback, services.clock))
