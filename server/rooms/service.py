"""Use cases of rooms.

Rules: a room and all its seats are added in one transaction.

Usage: ``rooms.room("r-…").seats``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.rooms.errors import NoSuchRoom, NoSuchSeat
from server.rooms.model import NewSeat, Room, Seat, check_plan
from server.rooms.ports import RoomStore
from server.unit import UnitOfWork
from wire import ids

CREATED: Final = "room_created"


class RoomService:
    """Rooms and their seats. ``random`` gives that many random bytes."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: RoomStore,
        *,
        ledger: ActLedger,
        journal: Journal,
        random: Callable[[int], bytes],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._ledger: Final = ledger
        self._journal: Final = journal
        self._random: Final = random

    def rooms(self) -> Sequence[Room]:
        """All rooms, by name."""
        with self._unit.read() as tx:
            return self._store.rooms(tx)

    def room(self, room: str) -> Room:
        """One room; raises NoSuchRoom."""
        with self._unit.read() as tx:
            found = self._store.room(tx, room)
        if found is None:
            raise NoSuchRoom(room=room)
        return found

    def seat(self, seat: str) -> Seat:
        """One seat; raises NoSuchSeat."""
        with self._unit.read() as tx:
            found = self._store.seat(tx, seat)
        if found is None:
            raise NoSuchSeat(seat=seat)
        return found

    def create_room(
        self, name: str, seats: Sequence[NewSeat], *, actor: str, act: str, now: dt.datetime
    ) -> dict[str, Any]:
        """Add a room, give ``{id, seats: [{id, label}]}``; raises SeatLabelTwice, RoomNameTaken, ActReused."""
        check_plan(seats)
        room_id = self._new("r")
        room = Room(room_id, name, tuple(Seat(self._new("s"), room_id, s.label, s.x, s.y) for s in seats))
        content = {"name": name, "seats": [[s.label, s.x, s.y] for s in seats]}
        with self._unit.begin() as tx:

            def add() -> dict[str, Any]:
                self._store.add(tx, room, now)
                data = {"room": room.id, "name": room.name, "seats": len(room.seats)}
                self._journal.record(tx, CREATED, data, actor=actor, now=now)
                return {"id": room.id, "seats": [{"id": seat.id, "label": seat.label} for seat in room.seats]}

            return once(self._ledger, tx, ActKey(act, actor, "create_room", content), now=now, do=add)

    def _new(self, prefix: str) -> str:
        return ids.new(prefix, self._random(ids.RANDOM_BYTES))
