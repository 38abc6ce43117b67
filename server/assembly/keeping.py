"""How terminals are looked after: hours of screens, maintenance, switching on.

Rules: runs after the terminals and before the distribution, which tells seats at each welcome.

Usage: ``keeping.build(services)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server.chores import Chore
from server.keeping.broadcast import UdpBroadcast
from server.keeping.model import VIETNAM
from server.keeping.routes import blueprint
from server.keeping.service import KeepingService, Tools
from server.keeping.store import SqlKeepingStore
from server.services import Services
from server.workdays.model import Day
from wire.phases import LIVE

#: How often what terminals said of their cards is kept, and the calendar looked at.
CARDS_S: Final = 60.0
DAYS_S: Final = 600.0


def build(services: Services) -> None:
    """Put the feature together."""
    services.keeping = KeepingService(
        Tools(
            unit=services.database,
            store=SqlKeepingStore(),
            ledger=services.ledger,
            journal=services.fleet.journal,
            terminals=services.fleet,
            presence=services.fleet.presence,
            calendar=_Calendar(services),
            broadcast=UdpBroadcast(),
            say=lambda device, build: services.distribution.say(device, build),  # noqa: PLW0108 - whoever is plugged in then
            meets=lambda room: any(row.room == room for row in services.meetings.among(LIVE)),
            changed=lambda: services.live.fleet_changed(),  # noqa: PLW0108 - as above
            now=services.clock.now,
        )
    )
    services.fleet.keeping = services.keeping
    services.fleet.watchers.append(services.keeping)
    services.chores.add(Chore("cards of terminals", CARDS_S, services.keeping.note_cards))
    services.chores.add(Chore("days of screens", DAYS_S, services.keeping.look_at_days))
    services.blueprints.append(blueprint(services.keeping, services.rooms.room, services.clock))


class _Calendar:
    """The working days of the house."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def entered(self) -> Sequence[Day]:
        """Of this year and the next."""
        year = self._services.clock.now().astimezone(VIETNAM).year
        workdays = self._services.workdays
        return [*workdays.entered(year), *workdays.entered(year + 1)]
