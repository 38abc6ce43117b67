"""Faults, wishes and hand-overs are numbered one after the other, whoever sends at the same moment (FB2, HO2)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from server.db.engine import Database
from server.feedback.model import Feedback
from server.feedback.store import SqlFeedbackStore
from server.handover.model import Handover
from server.handover.store import SqlHandoverStore
from tests.support.meeting_log import named
from wire.feedback import Kind, Said

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
PERSON = named("u", "a")
AT_ONCE = 6


def _numbers(count: int) -> list[int]:
    return list(range(count, 0, -1))


def test_FB2_those_who_send_at_once_get_a_number_each(database: Database) -> None:
    store = SqlFeedbackStore()

    def send(_: int) -> None:
        with database.begin() as tx:
            store.hold(tx)
            store.add(tx, Feedback(store.newest(tx) + 1, PERSON, "A (demo)", Said(Kind.WISH, "Chữ to hơn", {}), NOW))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, range(AT_ONCE)))
    with database.read() as tx:
        assert [each.number for each in store.all(tx)] == _numbers(AT_ONCE)


def test_HO2_one_of_those_who_begin_at_once_sees_the_others(database: Database) -> None:
    store = SqlHandoverStore()

    def begin(_: int) -> bool:
        with database.begin() as tx:
            store.hold(tx)
            if any(each.done_at is None for each in store.all(tx)):
                return False
            number = store.newest(tx) + 1
            store.add(tx, Handover(number, PERSON, "A (demo)", PERSON, "B (demo)", "Nghỉ", NOW))
            return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(begin, range(AT_ONCE))) == 1
