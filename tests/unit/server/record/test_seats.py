"""Rules W74, W75: what the server makes of what seats say they keep of the record."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.record import RecordKeeper
from server.db import migrate
from server.db.engine import Database
from server.record.leading import Leading
from server.record.model import SeatState
from server.record.seats import SeatRecord
from tests.support.fake_disk import FakeDisk
from tests.support.record_house import NOW, RecordHouse
from wire.messages import Head, Kept, RecordCheckpoint

DEVICE = "d-aaaaaaaaaaaaaaaa"
HEAD = Head(DEVICE, b"s" * 16, 1, NOW)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RecordHouse]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate.upgrade(database)
    found = RecordHouse(database, tmp_path)
    found.begin()
    yield found
    database.close()


def test_W74_a_real_keeper_follows_the_server_from_the_first_leaf_on(house: RecordHouse) -> None:
    seats, keeper = SeatRecord(house.record, Leading(house.record, house.admin)), RecordKeeper(FakeDisk())
    for turn in range(12):
        house.sign()
        seats.hear(DEVICE, keeper.kept, now=NOW)
        build = seats.later_than(DEVICE, now=NOW)
        assert build is not None
        message = build(HEAD)
        assert isinstance(message, RecordCheckpoint)
        keeper.take(message)
        assert keeper.kept.size == house.record.size()
        assert not keeper.kept.forked
        for _ in range(turn):
            house.event()
        house.act()
    (seen,) = house.record.all_seen()
    assert seen.state is SeatState.GOOD


def test_W74_nothing_is_sent_that_a_seat_has_or_would_not_believe(house: RecordHouse) -> None:
    seats, signed = SeatRecord(house.record, Leading(house.record, house.admin)), house.sign()
    mine = Kept(signed.size, signed.root.hex())
    seats.hear(DEVICE, mine, now=NOW)
    assert seats.later_than(DEVICE, now=NOW) is None
    house.event()
    house.sign()
    assert seats.later_than(DEVICE, now=NOW) is not None
    seats.hear(DEVICE, dataclasses.replace(mine, forked=True), now=NOW)
    assert seats.later_than(DEVICE, now=NOW) is None
    seats.hear(DEVICE, dataclasses.replace(mine, root="00" * 32), now=NOW)
    assert seats.later_than(DEVICE, now=NOW) is None
    assert [one.state for one in house.record.all_seen()] == [SeatState.FORKED]


def test_W75_two_servers_with_one_key_and_two_pasts_are_found_out_by_a_seat(house: RecordHouse, tmp_path: Path) -> None:
    """The operator shows the room one record and keeps another."""
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate.upgrade(database)
    other = RecordHouse(database, tmp_path / "other")
    other.record = dataclasses.replace(
        other.record, tools=dataclasses.replace(other.record.tools, key=house.record.tools.key, sign=house.signer.sign)
    )
    other.begin()
    keeper = RecordKeeper(FakeDisk())
    for one, text in ((house, "thật"), (other, "khác")):
        one.event(text=text)
        one.event()
        one.sign()
        seats = SeatRecord(one.record, Leading(one.record, one.admin))
        seats.hear(DEVICE, keeper.kept, now=NOW)
        if one is other:
            assert [seen.state for seen in one.record.all_seen()] == [SeatState.FORKED]
        build = seats.later_than(DEVICE, now=NOW)
        if build is not None:
            message = build(HEAD)
            assert isinstance(message, RecordCheckpoint)
            keeper.take(message)
    assert (keeper.kept.size, keeper.kept.forked) == (4, False)
    database.close()
