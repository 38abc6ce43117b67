"""Rules W130, W131 with a real server and real keepers: acknowledged, named, followed, and shown on the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.record import RecordKeeper
from server.record.leading import Leading
from server.record.model import SeatState
from server.record.seats import SeatRecord
from tests.support.fake_disk import FakeDisk
from tests.support.office import START
from tests.unit.server.record.test_restored import DEVICE, OLDER, PutBack, desk_of_two
from wire.messages import Head, RecordCheckpoint, RecordRestored

HEAD = Head(DEVICE, b"s" * 16, 1, START)


class Terminals:
    """Keepers, and a server that may be started anew."""

    def __init__(self, house: PutBack) -> None:
        self.house = house
        self.keepers = {DEVICE: RecordKeeper(FakeDisk()), OLDER: RecordKeeper(FakeDisk())}
        self.restart()

    def restart(self, *, most: int = 2000) -> None:
        """Another process of the server."""
        services = self.house.office.services
        self.seats = SeatRecord(services.record, Leading(services.record, services.audit, most=most))

    def speak(self, device: str = DEVICE) -> str:
        """One health and its answer; the type of it, empty for none."""
        keeper, now = self.keepers[device], self.house.office.clock.now()
        self.seats.hear(device, keeper.kept, now=now)
        build = self.seats.later_than(device, now=now)
        message = None if build is None else build(HEAD)
        if isinstance(message, RecordRestored):
            keeper.follow(message)
        elif isinstance(message, RecordCheckpoint):
            keeper.take(message)
        return "" if message is None else message.TYPE

    def sign(self) -> None:
        """What the server does every few seconds."""
        self.house.record.sign(now=self.house.office.clock.now())

    def shown(self) -> list[tuple[str, int]]:
        """State and what was given up, as the page has it."""
        return [(one["state"], one["gave_up"]) for one in desk_of_two(self.house).overview()["seats"]]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Terminals]:
    """One terminal keeps the last checkpoint that was given up, the other one before it."""
    house = PutBack(tmp_path)
    found = Terminals(house)
    key = house.record.tools.key.print()
    for device, note in ((DEVICE, house.late.note), (OLDER, house.middle.note)):
        found.keepers[device].take(RecordCheckpoint(HEAD, note.decode(), key, 0, ()))
    yield found
    house.office.services.close()


def test_W130_terminals_follow_by_themselves_once_it_was_acknowledged_and_named(room: Terminals) -> None:
    assert [room.speak(device) for device in (DEVICE, OLDER)] == ["", ""]
    assert room.house.office.services.audit.newest("record_led", limit=9) == []
    room.house.acknowledge().done()
    assert [room.speak(device) for device in (DEVICE, OLDER)] == ["", ""], "named first, and told when that is signed"
    assert room.shown() == [("acknowledged", 0), ("acknowledged", 0)]
    room.sign()
    assert [room.speak(device) for device in (DEVICE, OLDER)] == ["restored", "restored"]
    for device in (DEVICE, OLDER):
        assert room.speak(device) == ""
        assert room.keepers[device].fault == ""
    assert room.shown() == [("followed", room.house.late.size), ("followed", room.house.middle.size)]
    named = room.house.office.services.audit.newest("record_led", limit=9)
    (word,) = room.house.office.services.audit.newest("record_restored", limit=9)
    assert [one.data for one in reversed(named)] == [
        {"restored": word.number, "size": signed.size, "root": signed.root.hex()}
        for signed in (room.house.late, room.house.middle)
    ]
    assert room.house.record.check().problems == ()
    room.house.office.meeting("open")
    room.sign()
    assert room.speak() == "checkpoint"
    assert room.shown()[0] == ("followed", room.house.late.size)


def test_W130_a_server_that_starts_anew_names_nothing_twice(room: Terminals) -> None:
    room.house.acknowledge().done()
    room.speak()
    room.restart()
    room.sign()
    assert room.speak() == "restored"
    room.restart()
    assert room.speak(OLDER) == ""
    assert len(room.house.office.services.audit.newest("record_led", limit=9)) == 2


def test_W130_a_terminal_that_was_shown_two_records_is_led_nowhere(room: Terminals) -> None:
    room.house.acknowledge().done()
    now, kept = room.house.office.clock.now(), room.keepers[DEVICE].kept
    room.seats.hear(DEVICE, dataclasses.replace(kept, forked=True), now=now)
    assert room.seats.later_than(DEVICE, now=now) is None
    assert room.house.office.services.audit.newest("record_led", limit=9) == []
    assert room.shown() == [("forked", 0)]
    (seen,) = room.house.record.all_seen()
    assert seen.state is SeatState.TURNED


def test_W130_what_no_restoration_took_away_is_not_led(room: Terminals) -> None:
    room.house.acknowledge().done()
    strange = dataclasses.replace(room.keepers[DEVICE].kept, root="ab" * 32)
    now = room.house.office.clock.now()
    room.seats.hear(DEVICE, strange, now=now)
    assert room.seats.later_than(DEVICE, now=now) is None, "of the last checkpoint the acknowledgement knows the root"
    assert room.house.office.services.audit.newest("record_led", limit=9) == []


def test_W130_a_terminal_that_says_another_root_each_time_fills_no_log(room: Terminals) -> None:
    room.restart(most=3)
    room.house.acknowledge().done()
    kept, now = room.keepers[OLDER].kept, room.house.office.clock.now()
    for number in range(8):
        room.seats.hear(OLDER, dataclasses.replace(kept, root=f"{number:02x}" * 32), now=now)
        room.seats.later_than(OLDER, now=now)
    assert len(room.house.office.services.audit.newest("record_led", limit=9)) == 3


def test_W130_an_earlier_word_does_not_explain_a_database_put_back_once_more(room: Terminals) -> None:
    room.house.acknowledge().done()
    room.house.copy()
    room.house.office.meeting("open")
    room.sign()
    room.house.put_back()
    room.restart()
    assert room.speak() == ""
    assert room.house.office.services.audit.newest("record_led", limit=9) == []
