"""Private marks in the database: one suite, both databases, and the store in memory that other tests use (W99–W102)."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from server.db.engine import Database
from server.db.metadata import metadata
from server.marks.errors import MarksForeign
from server.marks.model import Amount
from server.marks.ports import Kept, Place
from server.marks.service import Asking, Wanted
from server.marks.store import SqlMarkStore
from server.unit import UnitOfWork
from tests.support.marks_play import MemoryMarkStore, NoUnit, service_on
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.office import START
from tests.support.rows import sample_row
from wire.ids import MeetingId
from wire.marks import Sealed
from wire.state import MeetingState

LAN = Place(MEETING, named("u", "lan"))
CHAIR = Place(MEETING, named("u", "chair"))
OTHER = Place(MeetingId(named("m", "other")), LAN.person)
DEVICE = named("d", "one")


def sealed(number: int, counter: int = 1, box: bytes = b"box") -> Sealed:
    return Sealed(named("n", str(number)), counter, box)


def meeting_rows(database: Database, *meetings: str) -> None:
    """Meetings that rows can point at."""
    rooms, table = metadata.tables["rooms"], metadata.tables["meetings"]
    room = sample_row(rooms, {})
    with database.begin() as tx:
        tx.execute(rooms.insert().values(room))
        for meeting in meetings:
            tx.execute(
                table.insert().values(sample_row(table, {"rooms": room}) | {"id": meeting, "rehearsal_of": None})
            )


class Kit:
    """A store and its transactions."""

    def __init__(self, unit: UnitOfWork, store: Any) -> None:
        self.unit = unit
        self.store = store


@pytest.fixture
def kits(database: Database) -> list[Kit]:
    """The store in the database, and its twin in memory."""
    meeting_rows(database, LAN.meeting, OTHER.meeting)
    return [Kit(database, SqlMarkStore()), Kit(NoUnit(), MemoryMarkStore())]


def test_W99_a_key_is_made_once_and_numbers_go_on(kits: list[Kit]) -> None:
    for kit in kits:
        with kit.unit.begin() as tx:
            assert kit.store.hold(tx, LAN) is None
            kit.store.add_key(tx, LAN, b"first", at=START)
            kit.store.add_key(tx, LAN, b"second", at=START)
            assert (kit.store.key(tx, LAN), kit.store.key(tx, CHAIR)) == (b"first", None)
            assert kit.store.hold(tx, LAN) == 0
            kit.store.keep(tx, LAN, [Kept(1, sealed(1)), Kept(2, sealed(2))])
            assert kit.store.newest(tx, LAN) == kit.store.hold(tx, LAN) == 2
            kit.store.keep(tx, LAN, [])
            kit.store.keep(tx, LAN, [Kept(3, sealed(1, 2, b""))])
        with kit.unit.read() as tx:
            assert kit.store.since(tx, LAN, after=0, limit=9) == [Kept(2, sealed(2)), Kept(3, sealed(1, 2, b""))]
            assert kit.store.since(tx, LAN, after=2, limit=9) == [Kept(3, sealed(1, 2, b""))]
            assert kit.store.since(tx, LAN, after=0, limit=1) == [Kept(2, sealed(2))]
            assert kit.store.find(tx, LAN, [sealed(2).mark, sealed(7).mark]) == [sealed(2)]
            assert kit.store.amount(tx, LAN) == Amount(living=1, ids=2, size=3)
            assert kit.store.amount(tx, CHAIR) == Amount()


def test_W100_devices_that_were_given_a_key_are_known(kits: list[Kit]) -> None:
    for kit in kits:
        with kit.unit.begin() as tx:
            kit.store.add_key(tx, LAN, b"key", at=START)
            for _ in range(2):
                kit.store.note_device(tx, LAN, DEVICE, at=START)
            assert kit.store.knows_device(tx, LAN, DEVICE)
            assert not kit.store.knows_device(tx, LAN, named("d", "two"))
            assert not kit.store.knows_device(tx, CHAIR, DEVICE)


def test_W102_what_is_dropped_is_gone_with_its_keys(kits: list[Kit]) -> None:
    for kit in kits:
        with kit.unit.begin() as tx:
            for place in (LAN, CHAIR, OTHER):
                kit.store.add_key(tx, place, b"key", at=START)
                kit.store.note_device(tx, place, DEVICE, at=START)
                kit.store.keep(tx, place, [Kept(1, sealed(1))])
            assert sorted(kit.store.meetings(tx)) == sorted([MEETING, OTHER.meeting])
            assert kit.store.drop(tx, MEETING) == 2
        with kit.unit.read() as tx:
            assert kit.store.meetings(tx) == [OTHER.meeting]
            assert (kit.store.key(tx, LAN), kit.store.since(tx, LAN, after=0, limit=9)) == (None, [])
            assert not kit.store.knows_device(tx, LAN, DEVICE)
            assert kit.store.since(tx, OTHER, after=0, limit=9) == [Kept(1, sealed(1))]


class _Open:
    """An approved meeting with Lan at a seat."""

    def state(self, meeting: MeetingId) -> MeetingState:
        log = MeetingLog().prepared()
        log.add("person_seated", {"person": LAN.person, "seat": named("s", "A1")})
        return log.state


def test_W100_two_seats_that_hand_in_at_once_lose_nothing(database: Database) -> None:
    meeting_rows(database, MEETING)
    service = service_on(SqlMarkStore(), _Open(), unit=database)
    asking = [Asking(LAN, named("s", "A1"), named("d", name)) for name in ("one", "two")]
    for each in asking:
        service.fetch(each, Wanted(0, bytes([9]) + bytes(31)), now=START)

    def hand_in(each: Asking, first: int) -> None:
        for number in range(first, first + 10):
            service.hand_in(each, [sealed(number), sealed(100, number, b"%d" % number)], now=START)

    threads = [threading.Thread(target=hand_in, args=(each, 20 * n)) for n, each in enumerate(asking)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    answer = service.fetch(asking[0], Wanted(0), now=START)
    kept = {each["mark"]: each["counter"] for each in answer["marks"]}
    assert len(kept) == 21
    assert kept[sealed(100).mark] == 29
    assert not answer["more"]
    with pytest.raises(MarksForeign):
        service.hand_in(Asking(LAN, named("s", "A1"), named("d", "three")), [sealed(1)], now=START)
