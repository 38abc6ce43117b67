"""Types, templates and series: the service and its routes.

Rules: runs after the meetings and the working days.

Usage: ``outlines.build(services)``.
"""

from __future__ import annotations

from server.assembly import record
from server.outlines.routes import blueprint
from server.outlines.service import OutlineService, Tools
from server.outlines.store import SqlOutlineStore
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    outlines = OutlineService(
        Tools(
            services.database,
            SqlOutlineStore(),
            ledger=services.ledger,
            journal=record.build_audit(services),
            meetings=services.meetings,
            people=services.identity,
            calendar=services.workdays,
        )
    )
    services.blueprints.append(blueprint(outlines, services.clock))
