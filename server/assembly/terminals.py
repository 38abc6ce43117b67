"""What IT does at the terminals of a room: looks it through before a meeting, has terminals do things.

Rules: runs after the meetings; who is there and what has come is asked of the slots when somebody looks.

Usage: ``terminals.build(services)``.
"""

from __future__ import annotations

import collections
from typing import Final

from server.errors import NotFound
from server.fleet.checks import PapersInRoom, RoomChecks
from server.fleet.orders import FleetOrders
from server.fleet.terminal_routes import blueprint
from server.services import Services
from wire.ids import DeviceId
from wire.phases import HOLDING, LIVE


def build(services: Services) -> None:
    """Put the feature together."""
    services.orders = FleetOrders(
        services.database,
        services.fleet.store,
        services.ledger,
        services.fleet.journal,
        presence=services.fleet.presence,
        say=lambda device, build: services.distribution.say(device, build),  # noqa: PLW0108 - whoever is plugged in then
        wipe=services.fleet.wipe,
        meets=lambda room: any(row.room == room for row in services.meetings.among(LIVE)),
    )
    papers = _Papers(services)
    checks = RoomChecks(
        services.database,
        services.fleet.store,
        presence=services.fleet.presence,
        rooms=services.rooms.room,
        papers=papers.in_room,
        kept=lambda device: _reason(services, device),
    )
    services.blueprints.append(blueprint(services.fleet, checks, services.orders, services.clock))


def _reason(services: Services, device: DeviceId) -> str | None:
    maintenance = services.fleet.kept(device, None)[1]
    return None if maintenance is None else maintenance.reason


class _Papers:
    """How far the papers of a room's meetings have come."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def in_room(self, room: str) -> PapersInRoom:
        """Of all meetings whose seats are in use there."""
        have: collections.Counter[DeviceId] = collections.Counter()
        meetings = papers = 0
        for row in self._services.meetings.among(HOLDING):
            if row.room != room:
                continue
            try:
                told = self._services.slots.delivery_now(row.id)
            except NotFound:
                continue  # over since the list was read
            meetings += 1
            papers += len(told["papers"])
            for paper in told["papers"]:
                have.update(DeviceId(device) for device in paper["complete"])
        return PapersInRoom(meetings, papers, have)
