"""New images for terminals: releases, roll-outs, and when a room is left alone.

Rules: runs after the terminals and before the distribution, which hands on what terminals say. Building sweeps what an
interrupted upload left.

Usage: ``updates.build(services)``.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Sequence
from typing import Final

from server.chores import Chore
from server.fleet.model import Presence
from server.services import Services
from server.updates import routes
from server.updates.bundle import anchors_of, read
from server.updates.files import BundleFiles
from server.updates.model import Terminal
from server.updates.rollouts import Rollouts
from server.updates.service import Releases
from server.updates.store import SqlUpdateStore
from wire import ids
from wire.ids import RoomId
from wire.phases import HOLDING, LIVE

#: How often the next step is looked for.
STEP_S: Final = 5.0
#: So long before a meeting nothing is sent to its room.
BEFORE: Final = dt.timedelta(minutes=60)


def build(services: Services) -> None:
    """Put the feature together."""
    folder, store = services.settings.data_dir, SqlUpdateStore()
    files = BundleFiles(folder / "releases", reserve_mib=services.settings.disk_reserve_mib)
    outside = _Outside(services)
    releases = Releases(
        services.database,
        store,
        services.ledger,
        services.fleet.journal,
        files=files,
        judge=read,
        anchors=anchors_of,
        authority=folder / "update-ca.pem",
        names=lambda: secrets.token_hex(8),
    )
    releases.sweep()
    services.rollouts = Rollouts(
        services.database,
        store,
        services.ledger,
        services.fleet.journal,
        terminals=outside.terminals,
        loud_rooms=outside.loud_rooms,
        say=lambda device, build: services.distribution.say(device, build),  # noqa: PLW0108 - whoever is plugged in then
        new_update=lambda: ids.new("a", os.urandom(ids.RANDOM_BYTES)),
    )
    services.chores.add(Chore("roll-outs", STEP_S, lambda: services.rollouts.go_on(now=services.clock.now())))
    services.blueprints.append(routes.blueprint(releases, services.rollouts, services.clock))


class _Outside:
    """Terminals and meetings as roll-outs see them."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def terminals(self) -> Sequence[Terminal]:
        """All approved ones as they are now."""
        standing = [device for device in self._services.fleet.approved() if device.place is not None]
        present = self._services.fleet.presence.presence([device.id for device in standing])
        found = []
        for device in standing:
            at, place = present.get(device.id), device.place
            machine = None if at is None else at.machine
            found.append(
                Terminal(
                    device.id,
                    "" if place is None else place.label,
                    RoomId("") if place is None else place.room,
                    online=at is not None and at.online,
                    image="" if machine is None else machine.image,
                    # Who is here and does not say takes none; of who is off it is not known here.
                    compatible=_said(at),
                    room_name="" if place is None else place.room_name,
                )
            )
        return found

    def loud_rooms(self, now: dt.datetime) -> frozenset[RoomId]:
        """The rooms that meet, are about to, or should be meeting by now."""
        loud = set()
        for row in self._services.meetings.among(HOLDING):
            until = row.starts_at + dt.timedelta(minutes=row.planned_minutes)
            if row.phase in LIVE or row.starts_at - BEFORE <= now < until:
                loud.add(RoomId(row.room))
        return frozenset(loud)


def _said(at: Presence | None) -> str | None:
    if at is None or (at.machine is None and not (at.online and at.reported_at)):
        return None
    return "" if at.machine is None else at.machine.compatible
