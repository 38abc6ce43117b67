"""Requests for papers: the service, its routes, and the reminders that come by themselves.

Rules: runs after papers, whose way in it shares.

Usage: ``requests.build(services)``.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Final

from server.chores import Chore
from server.requests.routes import RequestDesk, blueprint
from server.requests.service import RequestService
from server.services import Services
from server.units.errors import UnitClosed

#: A reminder of a day is there within a quarter of an hour after midnight.
_EVERY_S: Final = 900.0


class Units:
    """Units as requests ask for them."""

    def __init__(self, services: Services) -> None:
        self._units: Final = services.units
        self._people: Final = services.identity

    def name(self, unit: str) -> str:
        """Of an open unit; raises NoSuchUnit, UnitClosed."""
        found = self._units.unit(unit)
        if not found.is_open:
            raise UnitClosed(name=found.name)
        return found.name

    def answered_by(self, person: str, *, now: dt.datetime) -> frozenset[str]:
        """The units that somebody heads or is deputy of, and those that were merged into one of them.

        Of a unit where nobody of these may sign in, everybody who belongs to it: what was asked of it never waits for
        an account that is disabled.
        """
        tree = self._units.tree()
        leaders = {each.id: {each.head, *each.deputies} - {None} for each in tree.units if each.is_open}
        active = self._people.enabled_of({who for few in leaders.values() for who in few if who}, now=now)
        home = tree.living(self._people.person(person).unit_id)
        answered = {
            unit
            for unit, few in leaders.items()
            if person in few or (home is not None and home.id == unit and few.isdisjoint(active))
        }
        return frozenset(
            each.id for each in tree.units if (living := tree.living(each.id)) is not None and living.id in answered
        )


def build(services: Services) -> None:
    """Put the feature together."""
    requests = RequestService(services.meetings, services.identity, Units(services), services.workdays, os.urandom)
    services.blueprints.append(blueprint(RequestDesk(requests, services.paper_desk, services.clock)))
    services.chores.add(Chore("requests", _EVERY_S, lambda: requests.remind_due(now=services.clock.now())))
