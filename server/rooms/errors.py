"""What rooms refuse.

::

    Conflict
    └── RoomNameTaken     room-name-taken
    Malformed
    ├── SeatLabelTwice    seat-label-twice
    └── TooManySeats      too-many-seats
    NotFound
    ├── NoSuchRoom        no-such-room
    └── NoSuchSeat        no-such-seat
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class RoomNameTaken(Conflict):
    """Another room has this name."""

    code = "room-name-taken"


class SeatLabelTwice(Malformed):
    """Two seats of one room would have the same label."""

    code = "seat-label-twice"


class TooManySeats(Malformed):
    """More than a room can have; ``data["most"]``."""

    code = "too-many-seats"


class NoSuchRoom(NotFound):
    """There is no such room."""

    code = "no-such-room"


class NoSuchSeat(NotFound):
    """There is no such seat, or it is in another room."""

    code = "no-such-seat"
