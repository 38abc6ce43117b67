"""Calendars: addresses of people, the file of a meeting.

Rules: runs after the meetings.

Usage: ``calendars.build(services)``.
"""

from __future__ import annotations

import os

from server.assembly import record
from server.calendars import routes
from server.calendars.service import CalendarService
from server.calendars.store import SqlAddressStore
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    calendars = CalendarService(
        services.database,
        SqlAddressStore(),
        people=services.identity,
        meetings=services.meetings,
        journal=record.build_audit(services),
        random=os.urandom,
    )
    services.blueprints.append(routes.blueprint(calendars, services.clock))
