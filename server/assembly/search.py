"""The search: its index follows the meetings, its thread starts with the server.

Rules: puts ``search`` into the services; runs after the papers.

Usage: ``search.build(services)``.
"""

from __future__ import annotations

from server.search import routes
from server.search.reader import PaperPages
from server.search.service import SearchService, Tools
from server.search.store import SqlTexts
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its route."""
    services.search = SearchService(
        Tools(
            unit=services.database,
            meetings=services.meetings,
            papers=services.papers,
            texts=SqlTexts(services.keys.master),
            pages=PaperPages(),
        )
    )
    services.slots.announcers.append(services.search)
    services.blueprints.append(routes.blueprint(services.search))
    services.starters.append(services.search.start)
    services.closers.append(services.search.stop)
