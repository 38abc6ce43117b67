"""How terminals are looked after: one suite, both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from server.db.engine import Database
from server.keeping.model import RoomHours
from server.keeping.store import SqlKeepingStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from tests.support.office import START, fresh_id
from wire.ids import RoomId

AT_ONCE = 6


def test_W187_of_those_who_set_a_rooms_hours_at_once_one_sees_none(database: Database) -> None:
    """The others see what it set, and are told so."""
    store, room = SqlKeepingStore(), RoomId(fresh_id("r"))
    with database.begin() as tx:
        SqlRoomStore().add(tx, Room(room, "Phòng 1", ()), START)

    def put(begins: int) -> bool:
        with database.begin() as tx:
            store.hold_room(tx, room)
            if room in store.hours(tx):
                return False
            store.put_hours(tx, room, RoomHours(begins, 1_000))
            return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(put, range(AT_ONCE))) == 1
