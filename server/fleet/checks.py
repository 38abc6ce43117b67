"""A room looked through before a meeting, every seat of it, in one answer (D4).

Rules: reads only; titles of papers are nobody's business here, their number is enough. What is told is what the
terminals said last, at most a quarter of a minute ago.

Usage: ``RoomChecks(unit, store, presence=…, rooms=…, papers=…).look("r-…", now=now)``
"""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.fleet.check import NO_TERMINAL, Papers, Terminal, Verdict, examine, kept_free, version_of, worst
from server.fleet.model import Device, Presence
from server.fleet.ports import DeviceStore, PresenceSource
from server.rooms.model import Room
from server.unit import UnitOfWork
from wire.fields import print_instant
from wire.ids import DeviceId


@dataclass(frozen=True, slots=True)
class PapersInRoom:
    """Of the meetings that a room's seats hold: how many papers there are, and how many each terminal has whole."""

    meetings: int
    papers: int
    have: Mapping[DeviceId, int]


class RoomChecks:
    """``rooms``: a room, raises NoSuchRoom; ``papers``: what its seats should hold; ``kept``: why a terminal is under
    maintenance, None: it is not.
    """

    def __init__(
        self,
        unit: UnitOfWork,
        store: DeviceStore,
        *,
        presence: PresenceSource,
        rooms: Callable[[str], Room],
        papers: Callable[[str], PapersInRoom],
        kept: Callable[[DeviceId], str | None],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._presence: Final = presence
        self._rooms: Final = rooms
        self._papers: Final = papers
        self._kept: Final = kept

    def look(self, room: str, *, now: dt.datetime) -> dict[str, Any]:
        """``{room, at, meetings, papers, counts, seats}`` of docs/API.md; raises NoSuchRoom."""
        found, due = self._rooms(room), self._papers(room)
        with self._unit.read() as tx:
            standing = {str(device.place.seat): device for device in self._store.all(tx) if device.place is not None}
        here = [device for seat in found.seats if (device := standing.get(seat.id)) is not None]
        present = self._presence.presence([device.id for device in here])
        usual = _usual(present.values())
        seats = []
        for seat in found.seats:
            device = standing.get(seat.id)
            kept = None if device is None else self._kept(device.id)
            findings = (
                (NO_TERMINAL,)
                if device is None
                else (kept_free(kept),)
                if kept is not None
                else examine(_terminal(device, present.get(device.id, Presence()), due, usual), now=now)
            )
            seats.append(
                {
                    "seat": seat.id,
                    "label": seat.label,
                    "device": None if device is None else device.id,
                    "serial": "" if device is None else device.serial,
                    "verdict": worst(findings).value,
                    "findings": [each.to_value() for each in findings],
                }
            )
        counts = collections.Counter(each["verdict"] for each in seats)
        return {
            "room": {"id": found.id, "name": found.name},
            "at": print_instant(now),
            "meetings": due.meetings,
            "papers": due.papers,
            "counts": {verdict.value: counts[verdict.value] for verdict in Verdict},
            "seats": seats,
        }


def _terminal(device: Device, presence: Presence, due: PapersInRoom, usual: str) -> Terminal:
    return Terminal(device, presence, Papers(due.have.get(device.id, 0), due.papers), usual)


def _usual(present: Iterable[Presence]) -> str:
    """The version that most of them run; of two that as many run, the later by its name."""
    counted = collections.Counter(version for each in present if each.online and (version := version_of(each)))
    return max(counted, key=lambda version: (counted[version], version), default="")
