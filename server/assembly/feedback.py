"""Faults and wishes.

Usage: ``feedback.build(services)``.
"""

from __future__ import annotations

from server.feedback import routes
from server.feedback.service import FeedbackService
from server.feedback.store import SqlFeedbackStore
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    feedback = FeedbackService(services.database, SqlFeedbackStore(), services.ledger)
    services.blueprints.append(routes.blueprint(feedback, services.clock))
