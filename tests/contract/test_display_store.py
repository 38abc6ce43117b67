"""Links and sessions of displays: one suite, both databases."""

from __future__ import annotations

import pytest

from server.db.engine import Database
from server.displays.store import SqlDisplayStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from tests.support.office import START, fresh_id

STORE = SqlDisplayStore()


@pytest.fixture
def rooms(database: Database) -> tuple[str, str]:
    made = fresh_id("r"), fresh_id("r")
    with database.begin() as tx:
        for room in made:
            SqlRoomStore().add(tx, Room(room, f"Phòng {room}", ()), START)
    return made


def test_a_link_opens_sessions_of_its_room(database: Database, rooms: tuple[str, str]) -> None:
    with database.begin() as tx:
        STORE.add_link(tx, "a" * 64, room=rooms[0], by="person:u-a", at=START)
        STORE.add_session(tx, "b" * 64, link="a" * 64, at=START)
    with database.read() as tx:
        assert STORE.room_of_link(tx, "a" * 64) == rooms[0]
        assert STORE.room_of_session(tx, "b" * 64) == rooms[0]
        assert STORE.room_of_link(tx, "b" * 64) is None
        assert STORE.room_of_session(tx, "a" * 64) is None


def test_links_go_with_their_sessions_and_leave_other_rooms_alone(database: Database, rooms: tuple[str, str]) -> None:
    with database.begin() as tx:
        for room, link, session in ((rooms[0], "a" * 64, "b" * 64), (rooms[1], "c" * 64, "d" * 64)):
            STORE.add_link(tx, link, room=room, by="person:u-a", at=START)
            STORE.add_session(tx, session, link=link, at=START)
        STORE.remove_links(tx, rooms[0])
    with database.read() as tx:
        assert STORE.room_of_link(tx, "a" * 64) is None
        assert STORE.room_of_session(tx, "b" * 64) is None
        assert STORE.room_of_session(tx, "d" * 64) == rooms[1]
