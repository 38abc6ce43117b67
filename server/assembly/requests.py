"""Requests for papers: the service, its routes, and the reminders that come by themselves.

Rules: runs after papers, whose way in it shares.

Usage: ``requests.build(services)``.
"""

from __future__ import annotations

import os
from typing import Final

from server.chores import Chore
from server.requests.routes import RequestDesk, blueprint
from server.requests.service import RequestService
from server.services import Services
from server.units.errors import UnitClosed

#: A reminder of a day is there within a quarter of an hour after midnight.
_EVERY_S: Final = 900.0


class _Units:
    """Units as requests ask for them."""

    def __init__(self, services: Services) -> None:
        self._units: Final = services.units
        self._people: Final = services.identity

    def name(self, unit: str) -> str:
        """Of an open unit; raises NoSuchUnit, UnitClosed."""
        found = self._units.unit(unit)
        if not found.is_open:
            raise UnitClosed(unit=found.name)
        return found.name

    def answered_by(self, person: str) -> frozenset[str]:
        """The open units that somebody heads or is deputy of; of one that has neither, everybody who belongs to it."""
        own = self._people.person(person).unit_id
        return frozenset(
            each.id
            for each in self._units.tree().units
            if each.is_open
            and (person in {each.head, *each.deputies} or (each.id == own and not (each.head or each.deputies)))
        )


def build(services: Services) -> None:
    """Put the feature together."""
    requests = RequestService(services.meetings, services.identity, _Units(services), services.workdays, os.urandom)
    services.blueprints.append(blueprint(RequestDesk(requests, services.paper_desk, services.clock)))
    services.chores.add(Chore("requests", _EVERY_S, lambda: requests.remind_due(now=services.clock.now())))
