"""Rooms and seats in the database.

Rules: two rooms of one name, or two labels in one room, do not exist: the table says so.

Usage: ``SqlRoomStore().rooms(connection)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, UniqueConstraint, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.rooms.errors import RoomNameTaken
from server.rooms.model import Moved, Room, Seat

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
)
seats = Table(
    "seats",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("room", String(18), ForeignKey("rooms.id"), nullable=False),
    Column("label", String(80), nullable=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    UniqueConstraint("room", "label"),
)


class SqlRoomStore:
    """The ``RoomStore`` of both databases."""

    def add(self, tx: Connection, room: Room, at: dt.datetime) -> None:
        """Add a room with its seats; raises RoomNameTaken."""
        try:
            tx.execute(insert(rooms).values(id=room.id, name=room.name, created_at=at))
        except IntegrityError as taken:
            raise RoomNameTaken(name=room.name) from taken
        self.add_seats(tx, room.seats)

    def move(self, tx: Connection, room: str, moved: Sequence[Moved]) -> None:
        """Put seats of a room elsewhere on its plan."""
        for one in moved:
            here = (seats.c.id == one.seat) & (seats.c.room == room)
            tx.execute(update(seats).where(here).values(x=one.x, y=one.y))

    def add_seats(self, tx: Connection, added: Sequence[Seat]) -> None:
        """More seats of a room that is there."""
        if added:
            rows = [{"id": s.id, "room": s.room, "label": s.label, "x": s.x, "y": s.y} for s in added]
            tx.execute(insert(seats), rows)

    def room(self, tx: Connection, room: str) -> Room | None:
        """By id."""
        name = tx.execute(select(rooms.c.name).where(rooms.c.id == room)).scalar_one_or_none()
        return None if name is None else Room(room, name, self._seats(tx, room))

    def rooms(self, tx: Connection) -> Sequence[Room]:
        """All, by name."""
        rows = tx.execute(select(rooms.c.id, rooms.c.name).order_by(rooms.c.name)).all()
        return [Room(row.id, row.name, self._seats(tx, row.id)) for row in rows]

    def seat(self, tx: Connection, seat: str) -> Seat | None:
        """By id."""
        row = tx.execute(select(seats).where(seats.c.id == seat)).one_or_none()
        return None if row is None else Seat(row.id, row.room, row.label, row.x, row.y)

    def seats(self, tx: Connection, wanted: Collection[str]) -> dict[str, Seat]:
        """Those of these seats that there are, by id."""
        rows = tx.execute(select(seats).where(seats.c.id.in_(list(wanted))))
        return {row.id: Seat(row.id, row.room, row.label, row.x, row.y) for row in rows}

    def _seats(self, tx: Connection, room: str) -> tuple[Seat, ...]:
        rows = tx.execute(select(seats).where(seats.c.room == room).order_by(seats.c.label)).all()
        return tuple(Seat(row.id, row.room, row.label, row.x, row.y) for row in rows)
