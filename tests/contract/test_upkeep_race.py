"""A swap of terminals beside every other way of writing in the book, on PostgreSQL: no two wait for each other (D4).

Whoever writes in the book is held just before the record, the swap is waited for until it stands before a lock, then
both go on: were the record taken before the book by either, the database would end one of them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server.fleet.model import Command
from server.journal import Journal
from server.unit import Transaction
from server.upkeep.model import Kind, Said, today
from server.upkeep.service import By, UpkeepService, Wanted
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import Office, fresh_id
from tests.support.poll import until
from tests.support.postgres import Postgres

_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class HeldJournal:
    """Lets nobody write in the record until it is told to."""

    real: Journal
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def record(self, tx: Transaction, kind: str, data: dict[str, Any], *, actor: str, now: dt.datetime) -> object:
        self.reached.set()
        assert self.go_on.wait(timeout=30)
        return self.real.record(tx, kind, data, actor=actor, now=now)


@pytest.fixture
def office(postgres: Postgres, template: str, tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path, database_url=postgres.new_database(like=template))
    yield found
    found.services.close()


def test_D4_a_swap_and_whoever_writes_in_the_book_never_wait_for_each_other(office: Office, tmp_path: Path) -> None:
    it, now, fleet = office.sign_in("kythuat"), office.clock.now(), office.services.fleet
    [book] = [each for tell in fleet.on_replaced if isinstance(each := getattr(tell, "__self__", None), UpkeepService)]
    said = Said(Kind.FAULT, today(now), "Màn hình sọc")

    def by() -> By:
        return By("person:u-it", "IT", fresh_id("a"), now)

    def asked() -> Enrolling:
        seat = Enrolling(office, Terminal(tmp_path))
        seat.ask()
        return seat

    old = asked()
    old.approve(it, office.seats[0]).done()
    [one, two] = [book.write([old.terminal.id], said, by=by())["numbers"][0] for _ in range(2)]
    own = Wanted(old.terminal.id, None, 3, today(now), "")
    plan = book.plan(own, by=by())["number"]
    writings: list[Callable[[UpkeepService], object]] = [
        lambda held: held.end(one, said, seen=1, by=by()),
        lambda held: held.correct(two, said, reason="nhầm", seen=1, by=by()),
        lambda held: held.plan(dataclasses.replace(own, device=None, room=office.room), by=by()),
        # The swaps above have handed the plan on three times.
        lambda held: held.end_plan(plan + 4, by=by()),
        lambda held: held.write([old.terminal.id], said, by=by()),
    ]
    with ThreadPoolExecutor(2) as threads:
        for writing in writings:
            new, journal = asked().terminal, HeldJournal(book.journal)
            command = Command("person:u-it", fresh_id("a"), now)
            written = threads.submit(writing, dataclasses.replace(book, journal=journal))
            try:
                assert journal.reached.wait(timeout=30)
                swapped = threads.submit(
                    fleet.approve, command, new.id, seat=office.seats[0], code=new.code, replace=True
                )
                until(lambda: _waits(office), what="the swap stands before a lock")
            finally:
                journal.go_on.set()
            written.result(timeout=30)
            swapped.result(timeout=30)


def _waits(office: Office) -> bool:
    with office.services.database.read() as tx:
        return int(tx.execute(_WAITING).scalar_one()) > 0
