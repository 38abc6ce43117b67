"""The search: its index follows the meetings, its thread starts with the server.

Rules: puts ``search`` into the services; runs after the papers, letters and minutes.

Usage: ``search.build(services)``.
"""

from __future__ import annotations

from server.letters.store import SqlLetterStore
from server.search import routes
from server.search.office import LetterWords, MinutesWords
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
            minutes=MinutesWords(services.minutes),
            letters=LetterWords(services.database, SqlLetterStore()),
        )
    )
    services.slots.announcers.append(services.search)
    services.slots.minutes_changed.append(services.search.changed)
    services.blueprints.append(routes.blueprint(services.search))
    services.starters.append(services.search.start)
    services.closers.append(services.search.stop)
