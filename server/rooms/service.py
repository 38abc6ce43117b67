"""Use cases of rooms.

Rules: a room and all its seats are added in one transaction.

Usage: ``rooms.room("r-…").seats``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.rooms.errors import NoSuchRoom, NoSuchSeat, TooManySeats
from server.rooms.model import MAX_SEATS, Moved, NewSeat, Room, Seat, check_plan
from server.rooms.ports import RoomStore
from server.unit import Transaction, UnitOfWork
from wire import ids

CREATED: Final = "room_created"
DRAWN: Final = "room_drawn"


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

    def seats(self, wanted: Collection[str]) -> Mapping[str, Seat]:
        """Those of these seats that there are, by id."""
        with self._unit.read() as tx:
            return self._store.seats(tx, wanted)

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

    def draw(
        self,
        room: str,
        moved: Sequence[Moved],
        added: Sequence[NewSeat],
        *,
        actor: str,
        act: str,
        now: dt.datetime,
    ) -> dict[str, Any]:
        """Move seats on the plan and add more, give the ids of those: ``{added: [{id, label}]}``.

        A seat is never taken away and keeps its label: logs and terminals name it. Raises NoSuchRoom, NoSuchSeat,
        SeatLabelTwice, TooManySeats, ActReused.
        """
        content = {
            "room": room,
            "moved": [[m.seat, m.x, m.y] for m in moved],
            "added": [[s.label, s.x, s.y] for s in added],
        }
        with self._unit.begin() as tx:

            def do() -> dict[str, Any]:
                fresh = self._drawn(tx, room, moved, added)
                data = {"room": room, "moved": len(moved), "added": [seat.label for seat in fresh]}
                self._journal.record(tx, DRAWN, data, actor=actor, now=now)
                return {"added": [{"id": seat.id, "label": seat.label} for seat in fresh]}

            return once(self._ledger, tx, ActKey(act, actor, "draw_room", content), now=now, do=do)

    def _drawn(self, tx: Transaction, room: str, moved: Sequence[Moved], added: Sequence[NewSeat]) -> list[Seat]:
        found = self._store.room(tx, room)
        if found is None:
            raise NoSuchRoom(room=room)
        there = {seat.id for seat in found.seats}
        for one in moved:
            if one.seat not in there:
                raise NoSuchSeat(seat=one.seat)
        if len(found.seats) + len(added) > MAX_SEATS:
            raise TooManySeats(most=MAX_SEATS)
        check_plan([*(NewSeat(s.label, s.x, s.y) for s in found.seats), *added])
        fresh = [Seat(self._new("s"), room, s.label, s.x, s.y) for s in added]
        self._store.move(tx, room, moved)
        self._store.add_seats(tx, fresh)
        return fresh

    def _new(self, prefix: str) -> str:
        return ids.new(prefix, self._random(ids.RANDOM_BYTES))
