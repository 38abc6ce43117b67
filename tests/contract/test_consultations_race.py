"""Two hundred answers at the same moment, each sent from two tabs, on both databases: exactly once each (V4, C5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.consultations.answering import Answering, Given
from server.consultations.leading import Leading
from server.consultations.tools import Asked
from server.identity.model import Actor
from server.identity.service import NewAccount
from tests.support.office import Office, fresh_id
from tests.support.postgres import Postgres
from tests.support.slips import DEADLINE, Slips, nonce, said_body
from wire.fields import parse_instant
from wire.secret import Secret

MANY = 200
TABS = 4

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(params=["sqlite", "postgresql"])
def slips(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Slips]:
    url = ""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database(like=request.getfixturevalue("template"))
    found = Office(tmp_path, database_url=url)
    yield Slips(found)
    found.services.close()


def crowd(office: Office) -> list[str]:
    """Accounts of people who never sign in."""
    secret = Secret("mật khẩu thử".encode())
    new = [NewAccount(f"dai{number}", f"Đại biểu {number} (demo)", "", "", frozenset()) for number in range(MANY)]
    create, now = office.services.identity.create_account, office.clock.now()
    return [create(each, secret, actor="system", act=fresh_id("a"), now=now) for each in new]


def test_V4_two_hundred_at_once_from_two_tabs_are_counted_exactly_once_each(slips: Slips) -> None:
    people = crowd(slips.office)
    path = slips.sent(recipients=people)
    slip, now = path.rpartition("/")[2], slips.office.clock.now()
    tools = slips.office.services.consultations.tools
    answering, start = Answering(tools), threading.Barrier(TABS)
    done: dict[tuple[int, str], int] = {}

    def tab(number: int) -> None:
        start.wait(timeout=60)
        # Two threads have the same half, one from each end: in the middle they meet.
        mine = people[number % 2 :: 2]
        for person in mine if number < TABS // 2 else reversed(mine):
            given = Given(said_body(["for", "for"]), nonce((person, number)), seen=0)
            asked = Asked(Actor(person), fresh_id("a"), now)
            done[number, person] = answering.hand_in(slip, given, asked=asked)["number"]

    threads = [threading.Thread(target=tab, args=(number,)) for number in range(TABS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=120)
    assert len(done) == 2 * MANY
    assert set(done.values()) == {1}
    assert len(slips.entries("answered", path)) == MANY
    assert Leading(tools).close_due(parse_instant(DEADLINE)) == 1
    with tools.unit.read() as tx:
        assert len(tools.store.handed_in(tx, slip)) == MANY
    slips.later(days=2)
    (first, _) = slips.read("thuky", path)["results"]
    assert (first["result"]["favour"], first["result"]["of"]) == (MANY, MANY)
