"""Second factors and recovery codes on both databases: a step and a code are used up by one of two at once (I4)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.db.engine import Database
from server.factors.model import Factor
from server.factors.store import SqlFactorStore
from server.identity.model import Account
from server.identity.store import SqlIdentityStore
from tests.support.office import START, fresh_id

STORE = SqlFactorStore()


@pytest.fixture
def person(database: Database) -> str:
    found = Account(
        id=fresh_id("u"),
        username="thuky",
        name="Thư ký (demo)",
        position="",
        unit="",
        roles=frozenset(),
        created_at=START,
        last_used_at=START,
    )
    with database.begin() as tx:
        SqlIdentityStore().add_account(tx, found)
    return found.id


def test_a_factor_comes_back_as_it_was_kept_and_is_active_once_it_has_a_secret(database: Database, person: str) -> None:
    waiting = Factor(person, pending=b"waits", pending_at=START)
    active = Factor(person, b"sealed", START + dt.timedelta(minutes=1), 58_000_000)
    with database.begin() as tx:
        assert STORE.factor(tx, person) is None
        STORE.save(tx, waiting)
        assert (STORE.factor(tx, person), STORE.is_active(tx, person), STORE.active(tx)) == (waiting, False, [])
        STORE.save(tx, active)
    with database.read() as tx:
        assert (STORE.factor(tx, person), STORE.is_active(tx, person), STORE.active(tx)) == (active, True, [person])
    assert "sealed" not in repr(active)


def test_I4_of_many_at_once_one_takes_a_step_and_one_a_recovery_code(database: Database, person: str) -> None:
    with database.begin() as tx:
        STORE.save(tx, Factor(person, b"sealed", START, 100))
        STORE.set_codes(tx, person, ["a" * 64, "b" * 64])

    def take(_: int) -> tuple[bool, bool]:
        with database.begin() as tx:
            return STORE.take_step(tx, person, 101), STORE.take_code(tx, person, "a" * 64, at=START)

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(take, range(6)))
    assert [sum(each) for each in zip(*taken, strict=True)] == [1, 1]
    with database.begin() as tx:
        assert not STORE.take_step(tx, person, 100)
        assert STORE.take_step(tx, person, 102)
        assert STORE.codes_left(tx, person) == 1


def test_new_codes_replace_the_old_ones_and_all_go_with_the_factor(database: Database, person: str) -> None:
    with database.begin() as tx:
        STORE.save(tx, Factor(person, b"sealed", START, 1))
        STORE.set_codes(tx, person, ["a" * 64])
        STORE.set_codes(tx, person, ["b" * 64, "c" * 64])
        assert STORE.codes_left(tx, person) == 2
        assert not STORE.take_code(tx, person, "a" * 64, at=START)
        assert STORE.drop(tx, person)
        assert not STORE.drop(tx, person)
        assert (STORE.factor(tx, person), STORE.codes_left(tx, person)) == (None, 0)
