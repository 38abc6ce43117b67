"""Accounts, sessions and wrong tries: one suite, both databases."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from server.db.engine import Database
from server.identity.errors import UsernameTaken
from server.identity.model import ADMINS, Account, Role, Session
from server.identity.ports import Tries
from server.identity.store import SqlIdentityStore, accounts
from tests.support.office import START, fresh_id

STORE = SqlIdentityStore()


def _account(username: str = "thuky", *roles: Role) -> Account:
    return Account(
        id=fresh_id("u"),
        username=username,
        name="Nguyễn Thị Thư Ký (demo)",
        position="Thư ký",
        unit="Văn phòng",
        roles=frozenset(roles),
        created_at=START,
        last_used_at=START,
        password_hash="$argon2id$x",
    )


@pytest.mark.parametrize("admin", [None, *sorted(ADMINS)])
def test_an_account_comes_back_as_it_was_kept(database: Database, admin: Role | None) -> None:
    roles = [Role.SECRETARY, Role.IT] if admin is None else [admin]
    account = _account("thuky", *roles)
    with database.begin() as tx:
        STORE.add_account(tx, account)
    with database.read() as tx:
        assert STORE.account(tx, account.id) == account
        assert STORE.account_named(tx, "thuky") == account
        assert STORE.accounts(tx) == [account]
        assert STORE.account(tx, fresh_id("u")) is None
        assert STORE.account_named(tx, "Thuky") is None, "the one spelling is made before the store is asked"


def test_a_user_name_is_taken_once_and_the_first_keeps_it(database: Database) -> None:
    first, second = _account(), _account()
    with database.begin() as tx:
        STORE.add_account(tx, first)
    with pytest.raises(UsernameTaken), database.begin() as tx:
        STORE.add_account(tx, second)
    with database.read() as tx:
        assert STORE.accounts(tx) == [first]


def test_the_table_itself_knows_three_administrators_and_no_other(database: Database) -> None:
    row = {
        "id": fresh_id("u"), "username": "x1", "name": "x", "position": "", "unit": "", "admin_role": "king",
        "is_secretary": False, "is_it": False, "password_hash": "", "created_at": START, "last_used_at": START,
    }  # fmt: skip
    with pytest.raises(IntegrityError), database.begin() as tx:
        tx.execute(insert(accounts).values(row))


def test_password_use_and_disabling_are_kept(database: Database) -> None:
    account, later = _account(), START + dt.timedelta(days=3, milliseconds=7)
    with database.begin() as tx:
        STORE.add_account(tx, account)
        STORE.set_password(tx, account.id, "$argon2id$y")
        STORE.set_disabled(tx, account.id, later)
        STORE.touch_account(tx, account.id, later)
    with database.read() as tx:
        changed = dataclasses.replace(account, password_hash="$argon2id$y", disabled_at=later, last_used_at=later)
        assert STORE.account(tx, account.id) == changed
    with database.begin() as tx:
        STORE.set_disabled(tx, account.id, None)
    with database.read() as tx:
        found = STORE.account(tx, account.id)
        assert found is not None
        assert found.disabled_at is None


def _session(person: str, token: str, *, hours: int = 12) -> Session:
    return Session(token, person, START, START, START + dt.timedelta(hours=hours))


def test_sessions_are_kept_seen_locked_and_ended(database: Database) -> None:
    account = _account()
    mine, other = _session(account.id, "a" * 64), _session(account.id, "b" * 64)
    later = START + dt.timedelta(minutes=5)
    with database.begin() as tx:
        STORE.add_account(tx, account)
        STORE.add_session(tx, mine)
        STORE.add_session(tx, other)
        STORE.see_session(tx, mine.token_hash, at=later, is_locked=True)
    with database.read() as tx:
        assert STORE.session(tx, mine.token_hash) == dataclasses.replace(mine, last_seen_at=later, is_locked=True)
        assert STORE.session(tx, other.token_hash) == other
    with database.begin() as tx:
        STORE.drop_sessions_of(tx, account.id, but=mine.token_hash)
    with database.read() as tx:
        assert STORE.session(tx, other.token_hash) is None
        assert STORE.session(tx, mine.token_hash) is not None
    with database.begin() as tx:
        STORE.drop_session(tx, mine.token_hash)
    with database.read() as tx:
        assert STORE.session(tx, mine.token_hash) is None


def test_a_new_session_sweeps_those_that_are_over(database: Database) -> None:
    account = _account()
    old = _session(account.id, "a" * 64, hours=1)
    new = dataclasses.replace(_session(account.id, "b" * 64), created_at=START + dt.timedelta(hours=1))
    with database.begin() as tx:
        STORE.add_account(tx, account)
        STORE.add_session(tx, old)
    with database.begin() as tx:
        STORE.add_session(tx, new)
    with database.read() as tx:
        assert STORE.session(tx, old.token_hash) is None
        assert STORE.session(tx, new.token_hash) == new


def test_wrong_tries_are_counted_replaced_and_forgotten(database: Database) -> None:
    with database.begin() as tx:
        assert STORE.tries(tx, "x" * 64) is None
        STORE.set_tries(tx, "x" * 64, Tries(1, START))
        STORE.set_tries(tx, "x" * 64, Tries(2, START))
        assert STORE.tries(tx, "x" * 64) == Tries(2, START)
        STORE.set_tries(tx, "y" * 64, Tries(1, START + dt.timedelta(hours=25)))
        assert STORE.tries(tx, "x" * 64) is None, "older than a day"
        STORE.forget_tries(tx, ["y" * 64])
        assert STORE.tries(tx, "y" * 64) is None
