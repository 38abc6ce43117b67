"""Reports: their figures follow every meeting that is over.

Rules: runs after the meetings, the units and the documents; puts ``reports`` into the services.

Usage: ``reports.build(services)``.
"""

from __future__ import annotations

from server.reports import routes
from server.reports.keeping import Keeper
from server.reports.service import ReportService, Tools
from server.reports.store import SqlFigureStore
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    services.reports = ReportService(
        Tools(
            services.database,
            SqlFigureStore(),
            meetings=services.meetings,
            people=services.identity,
            units=services.units,
        )
    )
    keeper = Keeper(services.reports)
    services.slots.announcers.append(keeper)
    services.blueprints.append(routes.blueprint(routes.Desk(services.reports, services.agency, services.clock)))
    services.starters.append(keeper.start)
    services.closers.append(keeper.stop)
