"""What was read, on either database: once each, numbered without a gap, whoever writes at that moment (P5, W129)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import insert

from server.db.engine import Database
from server.meetings.store import meetings
from server.readings.model import How, Row
from server.readings.ports import Head
from server.readings.store import SqlReadingStore
from server.rooms.store import rooms as room_table
from tests.support.meeting_log import named
from tests.support.rows import sample_row
from wire.ids import MeetingId, PaperId
from wire.topics import PaperVersion

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
PAPER = PaperVersion(PaperId(named("p", "report")), 1)


def row(person: str, page: int = 0, *, second: int = 0) -> Row:
    how = How.OPENED if page == 0 else How.FRONT
    return Row(named("u", person), PAPER, page, how, named("d", person), NOW + dt.timedelta(seconds=second))


def meeting_in(database: Database) -> MeetingId:
    """A meeting's row, and its room's."""
    rows: dict[str, dict[str, Any]] = {}
    with database.begin() as tx:
        for table in (room_table, meetings):
            rows[table.name] = sample_row(table, rows)
            tx.execute(insert(table).values(rows[table.name]))
    return MeetingId(str(rows["meetings"]["id"]))


def test_W129_eight_who_tell_at_once_are_numbered_without_a_gap_and_twice_is_once(database: Database) -> None:
    store, meeting = SqlReadingStore(), meeting_in(database)

    def tell(number: int) -> int:
        told = [row(str(number % 4)), row(str(number % 4), second=number % 2), row(str(number % 4), 3)]
        with database.begin() as tx:
            return store.add(tx, meeting, told, told_at=NOW)

    with ThreadPoolExecutor(8) as pool:
        kept = sum(pool.map(tell, range(8)))
    with database.read() as tx:
        found = store.rows(tx, meeting, limit=100)
        assert [each.number for each in found] == list(range(1, kept + 1))
        assert store.head(tx, meeting)[:2] == Head(newest=kept)[:2]
        # Each of four people: a page, and openings at one or two seconds.
        assert kept == len({each.row.key for each in found}) == 4 + 4 + 2
        assert store.openers(tx, meeting) == {tuple(PAPER): {named("u", str(n)) for n in range(4)}}
        assert store.unkept(tx) == [meeting]


def test_P5_reminders_and_refusals_are_counted(database: Database) -> None:
    store, meeting = SqlReadingStore(), meeting_in(database)
    with database.begin() as tx:
        for _ in range(2):
            store.remind(tx, meeting, PAPER, [named("u", "a"), named("u", "b")], at=NOW)
            store.refuse(tx, named("d", "x"), {"page": 2, "time": 1}, at=NOW)
    with database.read() as tx:
        assert {(each.person, each.count) for each in store.reminders(tx, meeting)} == {
            (named("u", "a"), 2),
            (named("u", "b"), 2),
        }
        assert [whose for whose, _ in store.reminded(tx, named("u", "a"))] == [meeting]
        assert {(each.why, each.count) for each in store.refused(tx)} == {("page", 4), ("time", 2)}
