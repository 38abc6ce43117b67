"""The roll: who is there.

Rules: runs after the meetings, before the link to the seats.

Usage: ``attendance.build(services)``.
"""

from __future__ import annotations

from server.attendance.acts import seat_acts
from server.attendance.routes import blueprint
from server.attendance.service import AttendanceService
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together."""
    roll = AttendanceService(services.meetings, services.identity, services.agency)
    services.seat_acts |= seat_acts(roll)
    services.blueprints.append(blueprint(roll, services.clock))
