"""The book of the terminals: one suite, both databases."""

from __future__ import annotations

import dataclasses
import datetime as dt

from server.db.engine import Database
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.upkeep.model import Correction, Entry, Kind, Plan, Said, Tally, Terminal
from server.upkeep.store import SqlUpkeepStore
from tests.support.office import START, fresh_id

STORE = SqlUpkeepStore()
ONE = Terminal("d-aaaaaaaaaaaaaaaa", "PH-1", "s-aaaaaaaaaaaaaaaa", "A1", "r-aaaaaaaaaaaaaaaa", "Lớn")
OTHER = dataclasses.replace(ONE, device="d-bbbbbbbbbbbbbbbb", serial="PH-2")


def _entry(number: int, it: Terminal, kind: Kind, day: int, **more: int | dt.date | None) -> Entry:
    said = dataclasses.replace(Said(kind, dt.date(2026, 11, day), "x", cost=10**12), **more)  # type: ignore[arg-type]
    return Entry(number, it, said, START, "person:u-a", "IT", source=f"feedback:{number}")


def test_entries_are_kept_counted_and_corrected(database: Database) -> None:
    ended = dt.date(2026, 11, 3)
    entries = [
        _entry(1, ONE, Kind.FAULT, 2),
        _entry(2, ONE, Kind.FAULT, 2, closed_on=ended),
        _entry(3, ONE, Kind.UPKEEP, 5, closed_on=ended),
        _entry(4, ONE, Kind.UPKEEP, 4, closed_on=ended),
        _entry(5, OTHER, Kind.REPLACEMENT, 6, closed_on=ended),
    ]
    with database.begin() as tx:
        STORE.hold(tx)
        assert STORE.newest(tx) == 0
        for each in entries:
            STORE.add(tx, each)
    with database.begin() as tx:
        assert STORE.tallies(tx) == {ONE.device: Tally(1, dt.date(2026, 11, 5)), OTHER.device: Tally()}
        assert [each.number for each in STORE.entries(tx)] == [5, 3, 4, 2, 1]
        assert len(STORE.history(tx, device=OTHER.device, seat=ONE.seat)) == 5
        assert [each.number for each in STORE.history(tx, device=OTHER.device, seat=None)] == [5]
        assert STORE.by_source(tx, "feedback:4") == entries[3]
        now_is = entries[0].changed(dataclasses.replace(entries[0].said, closed_on=ended, cost=None))
        kept = Correction(1, 1, entries[0].said.to_value(), "nhầm", START, "IT")
        STORE.change(tx, now_is, kept)
        assert STORE.find(tx, 1) == now_is
        assert STORE.corrections(tx, [1, 2]) == [kept]
        assert STORE.tallies(tx)[ONE.device].open == 0


def test_plans_end_and_name_rooms_that_there_are(database: Database) -> None:
    room, now = fresh_id("r"), START
    plan = Plan(1, None, room, 6, dt.date(2026, 12, 1), "Lau", dt.date(2026, 11, 23), now, "IT")
    with database.begin() as tx:
        SqlRoomStore().add(tx, Room(room, f"Phòng {room}", ()), now)
        assert (STORE.has_room(tx, room), STORE.has_room(tx, fresh_id("r"))) == (True, False)
        STORE.keep_plan(tx, plan)
        assert (STORE.newest_plan(tx), STORE.plans(tx)) == (1, [plan])
        over = dataclasses.replace(plan, ended_at=now)
        STORE.keep_plan(tx, over)
        assert (STORE.plans(tx), STORE.plan(tx, 1), STORE.plan(tx, 2)) == ([], over, None)
