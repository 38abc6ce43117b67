"""Guessing is slowed whatever the name: per address, over everything, and a right password is never kept out (I4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.db.engine import Database
from server.identity import model
from server.identity.errors import TooManyTries, TooManyTriesHere
from server.identity.store import SqlIdentityStore
from server.identity.throttle import Throttle
from server.proxy import behind_proxy, is_loopback
from tests.support import migrated
from tests.support.office import PASSWORD, START, Office


class Guard:
    """A throttle on a database of its own, and a clock."""

    def __init__(self, folder: Path) -> None:
        migrated.put(folder / "tries.db")
        self.database = Database(f"sqlite:///{folder / 'tries.db'}")
        self.throttle = Throttle(self.database, SqlIdentityStore())
        self.now = START

    def wrong(self, name: str, source: str) -> int:
        """A wrong try; the seconds it is asked to wait instead."""
        try:
            self.throttle.count(name, source, now=self.now)
        except TooManyTries as refusal:
            wait_s: int = refusal.data["wait_s"]
            return wait_s
        return 0

    def right(self, name: str, source: str) -> None:
        self.throttle.take_back(self.throttle.count(name, source, now=self.now), now=self.now)

    def after(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    found = Guard(tmp_path)
    yield found
    found.database.close()


def test_I4_one_address_cannot_go_through_many_names(guard: Guard) -> None:
    waits = [guard.wrong(f"name{number}", "192.0.2.7") for number in range(model.FREE_TRIES_HERE + 1)]
    assert waits == [0] * model.FREE_TRIES_HERE + [5]
    grown = []
    for number in range(4):
        guard.after(guard.wrong("ask", "192.0.2.7"))
        assert guard.wrong(f"more{number}", "192.0.2.7") == 0
        grown.append(guard.wrong("again", "192.0.2.7"))
    assert grown == [10, 20, 40, 80], "each further one waits twice as long"
    assert guard.wrong("name0", "192.0.2.8") == 0, "another address does not wait"


def test_I4_waiting_is_asked_for_in_clear_words_and_counts_nothing(guard: Guard) -> None:
    for number in range(model.FREE_TRIES_HERE):
        guard.wrong(f"name{number}", "192.0.2.7")
    for _ in range(5):
        with pytest.raises(TooManyTriesHere) as refusal:
            guard.throttle.count("khác", "192.0.2.7", now=guard.now)
        assert refusal.value.data == {"wait_s": 5}
    guard.after(5)
    assert guard.wrong("khác", "192.0.2.7") == 0


def test_I4_an_address_is_forgiven_bit_by_bit(guard: Guard) -> None:
    for number in range(model.FREE_TRIES_HERE):
        guard.wrong(f"name{number}", "192.0.2.7")
    guard.after(3 * model.FORGIVEN_HERE_S)
    assert [guard.wrong(f"more{number}", "192.0.2.7") for number in range(4)] == [0, 0, 0, 5]


def test_I4_a_right_password_takes_its_own_try_back_and_no_other(guard: Guard) -> None:
    """One's own account must not be the way to wash the guesses at others away."""
    waits = []
    for number in range(model.FREE_TRIES_HERE):
        waits.append(guard.wrong(f"name{number}", "192.0.2.7"))
        if number < model.FREE_TRIES_HERE - 1:
            guard.right("mine", "192.0.2.7")
    assert waits == [0] * model.FREE_TRIES_HERE
    assert guard.wrong("name", "192.0.2.7") == 5


def test_I4_a_whole_room_signs_in_from_one_address(guard: Guard) -> None:
    for number in range(300):
        guard.right(f"person{number}", "192.0.2.1")
        guard.after(1)


def test_I4_many_addresses_together_are_slowed_but_a_right_first_try_is_let_in(guard: Guard) -> None:
    places = [f"198.51.{number // 200}.{number % 200}" for number in range(model.FREE_TRIES_OVERALL)]
    assert [guard.wrong(f"name{number}", place) for number, place in enumerate(places)] == [0] * len(places)
    assert guard.wrong("next", places[0]) > 0, "who was wrong before waits with all the others"
    guard.right("owner", "192.0.2.99")


def test_I4_an_ipv6_network_is_one_place(guard: Guard) -> None:
    for number in range(model.FREE_TRIES_HERE):
        guard.wrong(f"name{number}", f"2001:db8::{number:x}")
    assert guard.wrong("name", "2001:db8::ffff:1") == 5
    assert guard.wrong("name", "2001:db8:0:1::1") == 0


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("d-x/s-y", "d-x/s-y"),
        ("?", "?"),
    ],
)
def test_what_counts_as_one_place(source: str, place: str) -> None:
    assert model.place_of(source) == place


def test_a_flood_of_names_fills_no_disk(guard: Guard) -> None:
    guard.throttle = Throttle(guard.database, SqlIdentityStore(most_tries=50))
    for number in range(60):
        guard.after(1)
        guard.wrong(f"name{number}", f"198.51.100.{number}")
    with guard.database.read() as tx:
        rows = tx.exec_driver_sql("SELECT count(*) FROM sign_in_tries").scalar_one()
    assert rows <= 52


# ── behind the proxy ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proxy_on_this_machine_says_who_calls_and_nobody_else_does() -> None:
    seen: list[tuple[str, str, bool]] = []

    def inner(environ: dict[str, Any], _start: Any) -> list[bytes]:
        forwarded = any(name.startswith("HTTP_X_FORWARDED") for name in environ)
        seen.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], forwarded))
        return []

    application = behind_proxy(inner)
    said = {"HTTP_X_FORWARDED_FOR": "203.0.113.5", "HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "http"}
    for peer in ("127.0.0.1", "192.0.2.66"):
        application({"REMOTE_ADDR": peer, **said}, None)
    assert seen == [("203.0.113.5", "https", True), ("192.0.2.66", "http", False)]


@pytest.mark.parametrize(
    ("address", "yes"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False), ("", False), ("x", False)],
)
def test_the_loopback(address: str, yes: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    assert is_loopback(address) is yes


def test_I4_over_http_the_wait_is_for_the_address_the_browser_has(tmp_path: Path) -> None:
    office = Office(tmp_path, behind_proxy=True)

    def sign_in(address: str, number: int) -> tuple[int, str]:
        body = {"username": f"name{number}", "password": "sai rồi"}
        headers = {"X-Forwarded-For": address}
        response = office.app.test_client().post("/api/sign-in", json=body, headers=headers)
        assert response.json is not None
        return response.status_code, response.json["error"]["code"]

    for number in range(model.FREE_TRIES_HERE):
        assert sign_in("192.0.2.7", number) == (401, "bad-credentials")
    assert sign_in("192.0.2.7", 99) == (429, "too-many-tries-here")
    assert sign_in("192.0.2.8", 99) == (401, "bad-credentials")
    assert office.browser().sign_in("thuky", PASSWORD).status == 200
