"""The agency, the days on which it works, and the printer of its documents.

Rules: runs after the meetings, before the features that make documents.

Usage: ``documents.build(services)``.
"""

from __future__ import annotations

from server.agency import routes as agency_routes
from server.agency.service import AgencyService
from server.agency.store import SqlAgencyStore
from server.assembly import record
from server.documents.printer import Printer
from server.services import Services
from server.workdays import routes as workday_routes
from server.workdays.service import WorkDayService
from server.workdays.store import SqlDayStore


def build(services: Services) -> None:
    """Put the features together."""
    services.agency = AgencyService(
        services.database,
        SqlAgencyStore(),
        ledger=services.ledger,
        journal=record.build_audit(services),
        press=Printer(),
    )
    services.workdays = WorkDayService(
        services.database, SqlDayStore(), ledger=services.ledger, journal=record.build_audit(services)
    )
    services.blueprints += [
        agency_routes.blueprint(services.agency, services.clock),
        workday_routes.blueprint(services.workdays, services.meetings, services.clock),
    ]
