"""The check that every night makes by itself: in portions, from where the last one ended, all of it weekly (L1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.audit.model import AdminEvent
from server.record import portions
from server.record.desk import RecordDesk
from server.record.nightly import NightlyCheck, night
from tests.support.office import START, Office


class House:
    """An office, and the chore as one process of the server has it."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.audit = self.office.services.audit
        self.desk = RecordDesk(self.office.services.record, self.audit, dict, lambda _: "")
        self.office.meeting("open")
        self.restart()

    def restart(self) -> None:
        """Another process."""
        self.nightly = NightlyCheck(self.desk, self.audit, self.office.clock)
        self.nightly.look()

    def found(self) -> list[AdminEvent]:
        """What checks wrote, the newest first."""
        return list(self.audit.newest("record_verified", limit=50))

    def a_night(self, days: int = 1) -> AdminEvent:
        """Later, and turns of the chore until it has written."""
        self.office.clock.advance(hours=24 * days)
        before = len(self.found())
        for _ in range(500):
            self.nightly.look()
            if len(self.found()) > before:
                return self.found()[0]
        raise AssertionError("no check was made")

    def sql(self, statement: str) -> None:
        """With root on the database."""
        with self.office.services.database.begin() as tx:
            tx.exec_driver_sql(statement)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    yield found
    found.office.services.close()


def test_L1_the_night_begins_at_two_in_vietnam() -> None:
    two = dt.datetime(2026, 11, 22, 19, 0, tzinfo=dt.UTC)
    assert night(two) == two
    assert night(two - dt.timedelta(seconds=1)) == two - dt.timedelta(days=1)
    assert night(two + dt.timedelta(hours=23)) == two


def test_L1_the_record_is_checked_once_a_night_and_what_is_wrong_is_in_the_log(house: House) -> None:
    for _ in range(3):
        house.nightly.look()
    assert house.found() == []
    entry = house.a_night()
    for _ in range(9):
        house.office.clock.advance(minutes=10)
        house.nightly.look()
    assert len(house.found()) == 1
    assert (entry.actor, entry.data["problems"], "since" in entry.data) == ("system", 0, False)
    house.sql("UPDATE admin_events SET actor = 'nobody' WHERE number = 2")
    # Another process: a night that the server was off for is made up for.
    house.restart()
    entry = house.a_night(days=9)
    assert entry.data["problems"] == 1
    assert entry.data["first"] == {"code": "event-changed", "log": "house", "seq": 2}
    assert house.office.clock.moment > START
    shown = house.office.sign_in("kiemtoan").get("/api/record").body["verified"]
    assert (shown["problems"], shown["by"]) == (1, "")


def test_L1_a_night_goes_on_where_the_last_check_ended_and_a_week_begins_anew(house: House) -> None:
    first = house.a_night()
    house.office.meeting("open")
    second = house.a_night()
    assert second.data["since"] == first.data["size"]
    assert second.data["problems"] == 0
    # What was changed before that is found when the week is over: the nights between look at what is new.
    house.sql("UPDATE admin_events SET actor = 'nobody' WHERE number = 2")
    assert [house.a_night().data["problems"] for _ in range(5)] == [0] * 5
    weekly = house.a_night()
    assert ("since" in weekly.data, weekly.data["problems"]) == (False, 1)
    again = house.a_night()
    assert ("since" in again.data, again.data["problems"]) == (False, 1), "an alarm does not end by looking elsewhere"


def test_L1_a_check_that_somebody_asked_for_is_whole_and_the_night_goes_on_from_it(house: House) -> None:
    asked = house.desk.verify(by="person:u-aaaaaaaaaaaaaaaa", now=house.office.clock.now())
    assert house.a_night().data["since"] == asked["size"]


def test_L1_where_the_tree_is_not_what_it_was_the_night_looks_through_all_of_it(house: House) -> None:
    house.a_night()
    house.sql("UPDATE record_nodes SET hash = zeroblob(32)")
    entry = house.a_night()
    assert "since" not in entry.data
    assert entry.data["first"]["code"] == "record-node"


_ANOTHER_EVENT = (
    "INSERT INTO meeting_events SELECT meeting, 99, hash, body FROM meeting_events WHERE meeting = '%s' AND seq = 3"
)
_ANOTHER_ACT = (
    "INSERT INTO admin_events SELECT number + 900, at, actor, kind, data, before, hash FROM admin_events"
    " WHERE number = 1 AND '%s' != ''"
)
_ANOTHER_CHECKPOINT = (
    "INSERT INTO record_checkpoints SELECT 1000, root, note, at FROM record_checkpoints WHERE '%s' != '' LIMIT 1"
)
NEW = {
    "an event changed": ("UPDATE meeting_events SET body = '{' WHERE meeting = '%s' AND seq = 3", "event-changed"),
    "an event removed": ("DELETE FROM meeting_events WHERE meeting = '%s' AND seq = 3", "event-missing"),
    "an event put in": (_ANOTHER_EVENT, "event-unrecorded"),
    "an act put in": (_ANOTHER_ACT, "event-unrecorded"),
    "a meeting called a rehearsal": ("UPDATE meetings SET rehearsal_of = 'm-x' WHERE id = '%s'", "event-missing"),
    "a leaf removed": ("DELETE FROM record_leaves WHERE log = '%s' AND seq = 3", "record-gap"),
    "a leaf changed": ("UPDATE record_leaves SET seq = 77 WHERE log = '%s' AND seq = 3", "record-order"),
    "a subtree put in": ("INSERT INTO record_nodes SELECT 40, 1, zeroblob(32) WHERE '%s' != ''", "record-node"),
    "a checkpoint put in": (_ANOTHER_CHECKPOINT, "record-checkpoint"),
    "the head put back": ("UPDATE record_head SET size = size - 1 WHERE '%s' != ''", "record-head"),
}


@pytest.mark.parametrize("what", list(NEW))
def test_L1_what_is_wrong_with_what_is_new_is_found_in_whatever_portion(
    house: House, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "LEAVES", 4)
    monkeypatch.setattr(portions, "LOGS", 2)
    first = house.a_night()
    meeting = house.office.meeting("open")
    house.desk.record.sign(now=house.office.clock.now())
    statement, code = NEW[what]
    house.sql(statement % meeting)
    # Not by what is signed when the check begins: the fault is there, and the run is the one of the night.
    run = portions.Portions(
        house.desk.record.tools, house.desk.record.kept, portions.Start(first.data["size"], first.data["root"])
    )
    steps, checked = 1, run.step()
    while checked is None:
        steps, checked = steps + 1, run.step()
    assert (run.since, steps > 3) == (first.data["size"], True)
    assert code in {one.code for one in checked.problems}, checked.problems
    assert code in {one.code for one in house.desk.record.check().problems}, "as the whole check says"


def test_L1_a_file_beside_the_database_that_knows_of_more_is_told_every_night(house: House) -> None:
    first = house.a_night()
    tools = house.desk.record.tools
    house.office.meeting("open")
    signed = house.desk.record.sign(now=house.office.clock.now())
    assert signed is not None
    for table, column in (("record_checkpoints", "size"), ("record_leaves", "number"), ("record_nodes", "at")):
        house.sql(f"DELETE FROM {table} WHERE {column} > {first.data['size']}")  # noqa: S608 - this file's own words
    run = portions.Portions(tools, house.desk.record.kept)
    while (checked := run.step()) is None:
        continue
    assert "record-short" in {one.code for one in checked.problems}


def test_L1_a_turn_of_the_chore_is_one_portion_whatever_the_size(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "LEAVES", 5)
    house.office.clock.advance(hours=24)
    turns, size = 0, house.desk.record.size()
    while not house.found() and turns < 100:
        turns += 1
        house.nightly.look()
        # The house goes on meanwhile, and what comes is checked along.
        if turns == 2:
            house.office.meeting("submitted")
    assert turns > size / 5
    assert house.found()[0].data["size"] > size
    assert house.found()[0].data["problems"] == 0


def test_L1_a_portion_that_fails_begins_the_check_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "LEAVES", 5)
    house.office.clock.advance(hours=24)
    house.nightly.look()
    monkeypatch.setattr(portions.Portions, "step", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        house.nightly.look()
    monkeypatch.undo()
    house.nightly.look()
    assert house.found() == [], "not before it is looked again"
    house.office.clock.advance(minutes=10)
    for _ in range(9):
        house.nightly.look()
    assert house.found()[0].data["problems"] == 0
