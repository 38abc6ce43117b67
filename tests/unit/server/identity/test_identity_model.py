"""Passwords, tries, roles, idleness as rules."""

from __future__ import annotations

import datetime as dt

import pytest

from server.identity.errors import BadUsername, PasswordTooWeak, RolesConflict
from server.identity.model import ADMINS, Account, Role, Session, check_password, check_roles, username, wait_s
from tests.support.office import START, fresh_id
from wire.secret import Secret


@pytest.mark.parametrize("extra", [frozenset(), frozenset({Role.SECRETARY}), frozenset({Role.SECRETARY, Role.IT})])
@pytest.mark.parametrize("pair", [(a, b) for a in sorted(ADMINS) for b in sorted(ADMINS) if a < b])
def test_nobody_is_two_of_the_three_administrators(pair: tuple[Role, Role], extra: frozenset[Role]) -> None:
    with pytest.raises(RolesConflict):
        check_roles(frozenset(pair) | extra)
    for one in pair:
        check_roles(frozenset({one}) | extra)


def test_wrong_tries_cost_more_each_time() -> None:
    assert [wait_s(failures, free=3) for failures in range(11)] == [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 600]
    assert wait_s(10**6, free=3) == 600


@pytest.mark.parametrize("given", ["Thuky", " thuky ", "THUKY"])
def test_a_user_name_has_one_spelling(given: str) -> None:
    assert username(given) == "thuky"


def test_a_user_name_may_be_vietnamese_in_any_normal_form() -> None:
    assert username("Thư.Ký") == username("Thu\u031b.Ky\u0301") == "thư.ký"


@pytest.mark.parametrize("given", ["", "x", "a b", "a/b", "a\nb", "x" * 61, "a'b"])
def test_a_user_name_of_other_characters_is_refused(given: str) -> None:
    with pytest.raises(BadUsername):
        username(given)


@pytest.mark.parametrize("given", ["", "1234567", "x" * 600, "nguoidung"])
def test_a_weak_password_is_refused(given: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(Secret(given.encode()), username="nguoidung")


def test_a_password_is_counted_in_characters_not_bytes() -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(Secret("ắắắắ".encode()), username="x")
    check_password(Secret("ắắắắắắắắ".encode()), username="x")


def _account(*, disabled_at: dt.datetime | None = None) -> Account:
    return Account(fresh_id("u"), "x1", "X (demo)", "", "", frozenset(), START, START, disabled_at)


def test_I5_an_account_nobody_used_for_45_days_is_disabled() -> None:
    unused = dt.timedelta(days=45)
    account = _account()
    assert not account.is_disabled(START + unused, unused)
    assert account.is_disabled(START + unused + dt.timedelta(seconds=1), unused)
    assert _account(disabled_at=START).is_disabled(START, unused)


def test_a_clock_that_jumps_locks_rather_than_opens() -> None:
    session = Session("", fresh_id("u"), START, START, START + dt.timedelta(hours=12))
    idle = dt.timedelta(minutes=15)
    assert not session.is_idle(START + dt.timedelta(minutes=14, seconds=59), idle)
    assert session.is_idle(START + idle, idle)
    assert not session.is_idle(START - dt.timedelta(seconds=30), idle), "small corrections are daily life"
    assert session.is_idle(START - dt.timedelta(hours=1), idle)
    assert session.is_over(START + dt.timedelta(hours=12))


def test_neither_hash_nor_token_shows_in_a_repr() -> None:
    account = Account(fresh_id("u"), "x1", "X", "", "", frozenset(), START, START, password_hash="$argon2id$hush")
    assert "hush" not in repr(account)
    assert "hush" not in repr(Session("hush", account.id, START, START, START))
