"""What rooms need from outside.

Rules: rooms and seats are added, never taken away: a meeting's log names them for ever.

Usage: ``store.room(tx, "r-…")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from server.rooms.model import Moved, Room, Seat
from server.unit import Transaction


class RoomStore(Protocol):
    """Rooms and seats."""

    def add(self, tx: Transaction, room: Room, at: dt.datetime) -> None:
        """Add a room with its seats; raises RoomNameTaken."""
        ...

    def move(self, tx: Transaction, room: str, moved: Sequence[Moved]) -> None:
        """Put seats of a room elsewhere on its plan."""
        ...

    def add_seats(self, tx: Transaction, seats: Sequence[Seat]) -> None:
        """More seats of a room that is there."""
        ...

    def room(self, tx: Transaction, room: str) -> Room | None:
        """By id."""
        ...

    def rooms(self, tx: Transaction) -> Sequence[Room]:
        """All, by name."""
        ...

    def seat(self, tx: Transaction, seat: str) -> Seat | None:
        """By id."""
        ...

    def seats(self, tx: Transaction, wanted: Collection[str]) -> Mapping[str, Seat]:
        """Those of these seats that there are, by id."""
        ...
