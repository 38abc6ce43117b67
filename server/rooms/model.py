"""Rooms and seats as values.

Rules: labels are different within a room; a place is given in thousandths of the plan's width and height, from its
upper left corner.

Usage: ``check_plan([NewSeat("A1", 120, 300)])``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.rooms.errors import SeatLabelTwice

PLAN_SIZE: Final = 1000
MAX_SEATS: Final = 500


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A seat as IT draws it."""

    label: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a room."""

    id: str
    room: str
    label: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its seats, in the order of their labels."""

    id: str
    name: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a seat that is there stands from now on."""

    seat: str
    x: int
    y: int


def check_plan(seats: Sequence[NewSeat]) -> None:
    """Raise :class:`SeatLabelTwice` when two seats have one label."""
    seen: set[str] = set()
    for seat in seats:
        if seat.label in seen:
            raise SeatLabelTwice(label=seat.label)
        seen.add(seat.label)
