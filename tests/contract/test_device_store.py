"""Terminals and their certificates: one suite, both databases."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from server.db.engine import Database
from server.fleet.errors import SeatTaken
from server.fleet.model import Alert, Certificate, Command, Decision, Device, DeviceState, Place, Told
from server.fleet.store import SqlDeviceStore, alerts
from server.fleet.stores import Heard, Stores
from server.pki.model import Revoked
from server.pki.requests import EnrolmentRequest, read_request
from server.rooms.model import Room, Seat
from server.rooms.store import SqlRoomStore
from server.unit import Transaction
from tests.support.devices import Terminal
from tests.support.office import START, fresh_id
from wire.ids import DeviceId, RoomId, SeatId
from wire.messages import Machine

STORE = SqlDeviceStore()


class Record:
    """The record, in short."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def record(self, tx: Transaction, kind: str, data: object, *, actor: str, now: dt.datetime) -> None:
        self.kinds.append(kind)


LATER = START + dt.timedelta(hours=1, milliseconds=7)
BIGGEST = 2**159 - 1


@pytest.fixture
def room(database: Database) -> Room:
    made = fresh_id("r")
    found = Room(made, "Phòng 1", tuple(Seat(fresh_id("s"), made, label, 1, 2) for label in ("A1", "A2")))
    with database.begin() as tx:
        SqlRoomStore().add(tx, found, START)
    return found


def request(serial: str = "") -> EnrolmentRequest:
    return read_request(Terminal(Path()).request(serial))


def place(room: Room, number: int) -> Place:
    seat = room.seats[number]
    return Place(SeatId(seat.id), seat.label, RoomId(room.id), room.name)


def added(database: Database, serial: str = "") -> EnrolmentRequest:
    asked = request(serial)
    with database.begin() as tx:
        STORE.add(tx, asked, address="10.0.0.7", now=START)
    return asked


def decide(database: Database, device: DeviceId, state: DeviceState, where: Place | None) -> None:
    with database.begin() as tx:
        found = STORE.find(tx, device)
        assert found is not None
        wanted = dataclasses.replace(found, state=state, place=where)
        STORE.decide(tx, wanted, Decision("person:u-a", "lý do", LATER))


def find(database: Database, device: DeviceId) -> Device | None:
    with database.read() as tx:
        return STORE.find(tx, device)


def certificate(device: DeviceId, serial: int, *, days: int = 30) -> Certificate:
    return Certificate(serial, device, b"\x30\x00", LATER, LATER + dt.timedelta(days=days))


def test_a_request_comes_back_as_it_was(database: Database) -> None:
    asked = added(database, "SN-1")
    assert find(database, asked.device) == Device(
        asked.device, asked.code, asked.spki, "SN-1", DeviceState.PENDING, requested_at=START, asked_at=START
    )
    assert find(database, request().device) is None


def test_a_request_added_again_changes_nothing(database: Database) -> None:
    asked = added(database, "SN-1")
    with database.begin() as tx:
        STORE.add(tx, dataclasses.replace(asked, serial="SN-2"), address="10.0.0.8", now=LATER)
        assert STORE.pending(tx) == STORE.pending(tx, address="10.0.0.7") == 1
        assert STORE.pending(tx, address="10.0.0.8") == 0
    found = find(database, asked.device)
    assert found is not None
    assert (found.serial, found.requested_at) == ("SN-1", START)


def test_asking_again_is_noted_and_only_waiting_ones_are_forgotten(database: Database, room: Room) -> None:
    quiet, patient, seated = added(database), added(database), added(database)
    decide(database, seated.device, DeviceState.APPROVED, place(room, 0))
    with database.begin() as tx:
        STORE.touch(tx, patient.device, serial="SN-9", now=LATER)
        STORE.forget(tx, before=LATER)
        assert STORE.pending(tx) == 1
    assert find(database, quiet.device) is None
    assert find(database, seated.device) is not None
    found = find(database, patient.device)
    assert found is not None
    assert (found.serial, found.asked_at) == ("SN-9", LATER)


def test_an_approved_device_is_found_at_its_seat_with_its_room(database: Database, room: Room) -> None:
    asked = added(database)
    decide(database, asked.device, DeviceState.APPROVED, place(room, 1))
    with database.read() as tx:
        found = STORE.at_seat(tx, room.seats[1].id)
        assert found is not None
        assert (found.id, found.state, found.place) == (asked.device, DeviceState.APPROVED, place(room, 1))
        assert STORE.at_seat(tx, room.seats[0].id) is None
        assert STORE.place(tx, room.seats[1].id) == place(room, 1)
        assert STORE.place(tx, fresh_id("s")) is None
        assert [device.id for device in STORE.all(tx)] == [asked.device]


def test_two_devices_never_share_a_seat(database: Database, room: Room) -> None:
    first, second = added(database), added(database)
    decide(database, first.device, DeviceState.APPROVED, place(room, 0))
    with pytest.raises(SeatTaken):
        decide(database, second.device, DeviceState.APPROVED, place(room, 0))
    found = find(database, second.device)
    assert found is not None
    assert found.state is DeviceState.PENDING
    decide(database, first.device, DeviceState.REVOKED, None)
    decide(database, second.device, DeviceState.APPROVED, place(room, 0))


def test_the_newest_certificate_counts_and_revoking_takes_all(database: Database, room: Room) -> None:
    asked, other = added(database), added(database)
    decide(database, asked.device, DeviceState.APPROVED, place(room, 0))
    old = certificate(asked.device, 1)
    new = dataclasses.replace(certificate(asked.device, BIGGEST, days=40), issued_at=LATER + dt.timedelta(days=10))
    with database.begin() as tx:
        for each in (old, new, certificate(other.device, 7)):
            STORE.add_certificate(tx, each)
    with database.read() as tx:
        assert STORE.newest_certificate(tx, asked.device) == new
        assert STORE.newest_certificate(tx, request().device) is None
    found = find(database, asked.device)
    assert found is not None
    assert found.certificate_until == new.until
    with database.begin() as tx:
        STORE.revoke_certificates(tx, asked.device, now=LATER)
    with database.read() as tx:
        # Approved still: its certificates were replaced, and nobody ends its session.
        assert STORE.access_wanted(tx, now=LATER).revoked_devices == ()
    decide(database, asked.device, DeviceState.REVOKED, None)
    with database.read() as tx:
        wanted = STORE.access_wanted(tx, now=LATER)
    assert set(wanted.revoked) == {Revoked(1, LATER), Revoked(BIGGEST, LATER)}
    assert wanted.revoked_devices == (asked.device,)
    found = find(database, asked.device)
    assert found is not None
    assert found.certificate_until is None


def test_access_is_for_approved_devices_and_expired_certificates_need_no_line(database: Database, room: Room) -> None:
    approved, waiting, refused, revoked = (added(database) for _ in range(4))
    decide(database, approved.device, DeviceState.APPROVED, place(room, 0))
    decide(database, refused.device, DeviceState.REFUSED, None)
    decide(database, revoked.device, DeviceState.REVOKED, None)
    with database.begin() as tx:
        STORE.add_certificate(tx, certificate(revoked.device, 5, days=30))
        STORE.revoke_certificates(tx, revoked.device, now=LATER)
    with database.read() as tx:
        wanted = STORE.access_wanted(tx, now=LATER)
        assert wanted.members == ((approved.device, RoomId(room.id)),)
        assert wanted.revoked == (Revoked(5, LATER),)
        assert STORE.access_wanted(tx, now=LATER + dt.timedelta(days=31)).revoked == ()
    assert find(database, waiting.device) is not None


def test_W183_a_certificate_that_was_seen_takes_the_place_of_all_before_it(database: Database, room: Room) -> None:
    asked, other = added(database), added(database)
    decide(database, asked.device, DeviceState.APPROVED, place(room, 0))
    days = {n: LATER + dt.timedelta(days=10 * n) for n in (1, 2, 3)}
    of = [dataclasses.replace(certificate(asked.device, n), issued_at=at) for n, at in days.items()]
    with database.begin() as tx:
        for each in (*of, certificate(other.device, 7)):
            STORE.add_certificate(tx, each)
        assert STORE.unseen(tx) == {1: asked.device, 2: asked.device, 3: asked.device, 7: other.device}
        STORE.seen(tx, of[1], now=LATER)
        assert STORE.certificate(tx, 2) == dataclasses.replace(of[1], seen_at=LATER)
        assert STORE.unseen(tx) == {3: asked.device, 7: other.device}
        assert {each.serial for each in STORE.access_wanted(tx, now=LATER).revoked} == {1}
        STORE.drop_unseen(tx, asked.device, but=2, now=LATER)
        assert STORE.newest_certificate(tx, asked.device) == dataclasses.replace(of[1], seen_at=LATER)
        assert STORE.certificate(tx, 99) is None


def test_an_alert_is_new_once_and_goes_when_it_is_settled(database: Database) -> None:
    asked = added(database)
    with database.begin() as tx:
        assert STORE.alert(tx, asked.device, Alert.COPIED, now=START, detail="one")
        assert not STORE.alert(tx, asked.device, Alert.COPIED, now=LATER, detail="two")
        assert STORE.alerts(tx) == [Told(asked.device, Alert.COPIED, START, LATER, 2, "two")]
        assert STORE.settle(tx, asked.device, Alert.COPIED) is not None
        assert STORE.settle(tx, asked.device, Alert.COPIED) is None
        assert STORE.alerts(tx) == []


def test_an_alert_that_a_newer_server_wrote_is_left_out_and_hides_no_other(database: Database) -> None:
    """The house goes back to the version before: its pages still tell what they know."""
    asked = added(database)
    with database.begin() as tx:
        STORE.alert(tx, asked.device, Alert.COPIED, now=START, detail="one")
        row = {
            "device": asked.device,
            "kind": "of-tomorrow",
            "since": START,
            "last_at": START,
            "times": 1,
            "detail": "",
        }
        tx.execute(alerts.insert().values(row))
        assert STORE.alerts(tx) == [Told(asked.device, Alert.COPIED, START, START, 1, "one")]
        assert STORE.alerts_of(tx, asked.device) == STORE.alerts(tx)


def test_a_detail_is_altered_only_where_it_still_stands(database: Database) -> None:
    asked = added(database)
    with database.begin() as tx:
        STORE.alert(tx, asked.device, Alert.STORE_SHUT, now=START, detail="one")
        assert not STORE.alter(tx, asked.device, Alert.STORE_SHUT, was="two", detail="three", now=LATER)
        assert not STORE.alter(tx, asked.device, Alert.STORE_FAULT, was="one", detail="three", now=LATER)
        assert STORE.alter(tx, asked.device, Alert.STORE_SHUT, was="one", detail="two", now=LATER)
        assert STORE.alerts_of(tx, asked.device) == [Told(asked.device, Alert.STORE_SHUT, START, LATER, 1, "two")]
        assert STORE.alerts(tx) == STORE.alerts_of(tx, asked.device)


def test_W195_a_question_is_answered_and_goes_with_the_open_store(database: Database) -> None:
    device, asked, record = added(database).device, "01" * 8, Record()
    shut = Machine(1, store_shut=asked, store_why="unmended")
    stores = Stores(database, STORE, record)
    assert stores.said(device, shut, START) == Heard(is_new=True)
    with database.begin() as tx:
        stores.order(tx, Command("IT", "a-1", LATER), device, asked)
    assert stores.said(device, shut, LATER) == Heard(anew=asked)
    # Another start of the server.
    stores = Stores(database, STORE, record)
    for minutes in (0, 1, 2):
        stores.said(device, Machine(1, store_fault="not-made"), LATER + dt.timedelta(minutes=minutes))
    with database.read() as tx:
        told = {each.kind: each.detail for each in STORE.alerts_of(tx, device)}
    assert told == {Alert.STORE_SHUT: f"{asked} unmended ordered", Alert.STORE_FAULT: "not-made"}
    assert stores.said(device, Machine(1), LATER) == Heard(is_new=True)
    assert stores.said(device, Machine(1), LATER) == Heard()
    with database.read() as tx:
        assert STORE.alerts_of(tx, device) == []
    assert record.kinds == ["device_store_shut", "device_store_anew", "device_store_fault", "device_store_opened"]
