"""Rows of lists of terminals: one suite, both databases."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from server.db.engine import Database
from server.enrolment.model import SHOWN_FOR, Promise, State
from server.enrolment.store import SqlPromiseStore
from server.fleet.model import Decision, DeviceState
from server.fleet.store import SqlDeviceStore
from server.pki.requests import EnrolmentRequest
from server.rooms.model import Room, Seat
from server.rooms.store import SqlRoomStore
from tests.support.office import START, fresh_id
from wire.ids import DeviceId

STORE, DEVICES = SqlPromiseStore(), SqlDeviceStore()
UNTIL = START + dt.timedelta(days=14)


def _row(number: int, serial: str, seat: str = "s-aaaaaaaaaaaaaaaa") -> Promise:
    return Promise(number, serial, "hash", seat, "A1", "Lớn", "person:u-a", "IT", START, UNTIL)


def test_rows_are_found_by_serial_and_wait_until_their_day(database: Database) -> None:
    first, again, back = _row(1, "PH-1"), _row(2, "PH-1"), _row(3, "PH-1").taken_back(START)
    with database.begin() as tx:
        STORE.hold(tx)
        assert STORE.newest(tx) == 0
        STORE.add(tx, [first, again, back, _row(4, "PH-2")])
    with database.begin() as tx:
        assert (STORE.newest(tx), STORE.find(tx, 3), STORE.find(tx, 9)) == (4, back, None)
        assert STORE.of_serial(tx, "PH-1") == again
        assert (STORE.names(tx, "PH-1"), STORE.names(tx, "PH-9")) == (True, False)
        assert {each.number for each in STORE.waiting(tx, now=START)} == {1, 2, 4}
        assert not STORE.waiting(tx, now=UNTIL)
        used = again.used(DeviceId("d-aaaaaaaaaaaaaaaa"), START)
        STORE.save(tx, used)
        assert STORE.of_serial(tx, "PH-1") == used


def test_a_wrong_code_counts_once(database: Database) -> None:
    with database.begin() as tx:
        STORE.add(tx, [_row(1, "PH-1"), _row(2, "PH-2")])
        assert [STORE.tried(tx, number, tag) for number, tag in ((1, "a"), (1, "a"), (1, "b"), (2, "a"))] == [
            1,
            1,
            2,
            1,
        ]


def test_what_wants_eyes_is_counted_as_it_is_shown(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    room, seat, free, device = fresh_id("r"), fresh_id("s"), fresh_id("s"), DeviceId(fresh_id("d"))
    with database.begin() as tx:
        SqlRoomStore().add(
            tx, Room(room, f"Phòng {room}", (Seat(seat, room, "A1", 0, 0), Seat(free, room, "A2", 1, 0))), START
        )
        DEVICES.add(tx, EnrolmentRequest(device, "1234 5678 9012", b"key", "PH-9"), address="10.0.0.1", now=START)
        found, place = DEVICES.find(tx, device), DEVICES.place(tx, seat)
        assert found is not None
        approved = dataclasses.replace(found, state=DeviceState.APPROVED, place=place)
        DEVICES.decide(tx, approved, Decision("person:u-a", "", START))
        now_is = DEVICES.find(tx, device)
        assert now_is is not None
        assert now_is.decided_at == START
        rows = [
            _row(1, "PH-1", seat),
            _row(2, "PH-2", free),
            dataclasses.replace(_row(3, "PH-3", free), state=State.LOCKED),
            dataclasses.replace(_row(4, "PH-4", free).used(device, START), other=device, other_at=START),
            _row(5, "PH-5", free).used(device, START),
        ]
        STORE.add(tx, rows)
    monkeypatch.setattr("server.enrolment.store._NEWEST", 0)
    with database.read() as tx:
        assert {(each.label, each.room_name) for each in STORE.seats(tx)} >= {("A1", f"Phòng {room}")}
        assert [STORE.attention(tx, now=now) for now in (START, UNTIL)] == [3, 2]
        assert [each.number for each in STORE.shown(tx, now=UNTIL)] == [1, 2, 3, 4]
        assert [each.number for each in STORE.shown(tx, now=UNTIL + SHOWN_FOR)] == [3, 4]
