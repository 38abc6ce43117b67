"""Acts are done once: one suite, both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from server.db.engine import Database
from server.idempotency.errors import ActReused
from server.idempotency.ports import ActTaken, DoneAct
from server.idempotency.service import ActKey, forget_old, once
from server.idempotency.store import SqlActLedger
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from tests.contract.test_distribution_stores import new_meeting
from tests.support.office import START, fresh_id

LEDGER = SqlActLedger()


def test_an_act_comes_back_as_it_was_kept(database: Database) -> None:
    done = DoneAct(fresh_id("a"), "person:u-x", "open", "f" * 64, {"seq": 7, "tên": "họp"}, START)
    with database.begin() as tx:
        assert LEDGER.find(tx, done.act) is None
        LEDGER.add(tx, done)
    with database.read() as tx:
        assert LEDGER.find(tx, done.act) == done


def test_a_key_is_taken_once(database: Database) -> None:
    done = DoneAct(fresh_id("a"), "person:u-x", "open", "f" * 64, {}, START)
    with database.begin() as tx:
        LEDGER.add(tx, done)
    with pytest.raises(ActTaken), database.begin() as tx:
        LEDGER.add(tx, done)


def test_the_same_act_twice_is_performed_once_and_answered_twice(database: Database) -> None:
    performed: list[int] = []
    key = ActKey(fresh_id("a"), "person:u-x", "open", {"meeting": "m-1"})

    def do() -> dict[str, int]:
        performed.append(1)
        return {"seq": len(performed)}

    answers = []
    for _ in range(2):
        with database.begin() as tx:
            answers.append(once(LEDGER, tx, key, now=START, do=do))
    assert answers == [{"seq": 1}, {"seq": 1}]
    assert performed == [1]


@pytest.mark.parametrize(
    "other",
    [
        ("person:u-y", "open", {"meeting": "m-1"}),
        ("person:u-x", "close", {"meeting": "m-1"}),
        ("person:u-x", "open", {}),
    ],
    ids=["another person", "another act", "another content"],
)
def test_a_key_never_answers_for_another_act(database: Database, other: tuple[str, str, dict[str, str]]) -> None:
    act = fresh_id("a")
    with database.begin() as tx:
        once(LEDGER, tx, ActKey(act, "person:u-x", "open", {"meeting": "m-1"}), now=START, do=lambda: {"secret": 1})
    with pytest.raises(ActReused), database.begin() as tx:
        once(LEDGER, tx, ActKey(act, *other), now=START, do=dict)


def test_an_act_that_fails_is_not_kept(database: Database) -> None:
    key = ActKey(fresh_id("a"), "person:u-x", "open")

    def fail() -> dict[str, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.begin() as tx:
        once(LEDGER, tx, key, now=START, do=fail)
    with database.begin() as tx:
        assert once(LEDGER, tx, key, now=START, do=lambda: {"ok": 1}) == {"ok": 1}


def _kept(database: Database, acts: list[DoneAct]) -> list[bool]:
    with database.read() as tx:
        return [LEDGER.find(tx, act.act) is not None for act in acts]


def _act(meeting: str | None, *, days_old: int) -> DoneAct:
    at = START - dt.timedelta(days=days_old)
    return DoneAct(fresh_id("a"), "person:u-x", "open", "f" * 64, {}, at, meeting)


def test_old_acts_are_forgotten_but_none_of_a_meeting_that_goes_on(database: Database) -> None:
    room = Room(fresh_id("r"), "Phòng 1", ())
    with database.begin() as tx:
        SqlRoomStore().add(tx, room, START)
    draft = new_meeting(database, room.id)
    cancelled = new_meeting(database, room.id, "meeting_cancelled")
    acts = [_act(meeting, days_old=days) for days in (31, 29) for meeting in (None, draft, cancelled, fresh_id("m"))]
    with database.begin() as tx:
        for act in acts:
            LEDGER.add(tx, act)
    assert forget_old(LEDGER, database, before=START - dt.timedelta(days=30)) == 3
    assert _kept(database, acts) == [False, True, False, False, *(True,) * 4]


def test_acts_are_forgotten_in_portions(database: Database) -> None:
    acts = [_act(None, days_old=40 - number) for number in range(5)]
    with database.begin() as tx:
        for act in acts:
            LEDGER.add(tx, act)
    with database.begin() as tx:
        assert LEDGER.prune(tx, before=START, limit=2) == 2
    assert _kept(database, acts) == [False, False, True, True, True], "the oldest first"
    assert forget_old(LEDGER, database, before=START) == 3
    assert forget_old(LEDGER, database, before=START) == 0
