"""Service calls: from the seats to the desk.

Rules: runs after the meetings, before the link to the seats.

Usage: ``service_calls.build(services)``.
"""

from __future__ import annotations

from server.service_calls.acts import seat_acts
from server.service_calls.routes import blueprint
from server.service_calls.service import ServiceCalls
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together."""
    calls = ServiceCalls(services.meetings, services.identity)
    services.seat_acts |= seat_acts(calls, services.rooms)
    services.blueprints.append(blueprint(calls, services.clock))
