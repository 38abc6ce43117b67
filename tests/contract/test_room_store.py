"""Rooms and seats: one suite, both databases."""

from __future__ import annotations

import pytest

from server.db.engine import Database
from server.rooms.errors import RoomNameTaken
from server.rooms.model import Room, Seat
from server.rooms.store import SqlRoomStore
from tests.support.office import START, fresh_id

STORE = SqlRoomStore()


def _room(name: str, *labels: str) -> Room:
    room = fresh_id("r")
    return Room(room, name, tuple(Seat(fresh_id("s"), room, label, 10, 20) for label in labels))


def test_rooms_come_back_with_their_seats(database: Database) -> None:
    hall, small = _room("Hội trường", "A1", "A2"), _room("Phòng 2")
    with database.begin() as tx:
        STORE.add(tx, small, START)
        STORE.add(tx, hall, START)
    with database.read() as tx:
        assert STORE.rooms(tx) == [hall, small]
        assert STORE.room(tx, hall.id) == hall
        assert STORE.seat(tx, hall.seats[1].id) == hall.seats[1]
        assert STORE.room(tx, fresh_id("r")) is None
        assert STORE.seat(tx, fresh_id("s")) is None


def test_a_name_is_taken_once_and_nothing_of_the_second_stays(database: Database) -> None:
    first, second = _room("Phòng 1", "A1"), _room("Phòng 1", "B1")
    with database.begin() as tx:
        STORE.add(tx, first, START)
    with pytest.raises(RoomNameTaken), database.begin() as tx:
        STORE.add(tx, second, START)
    with database.read() as tx:
        assert STORE.rooms(tx) == [first]
        assert STORE.seat(tx, second.seats[0].id) is None
