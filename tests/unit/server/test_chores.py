"""The thread for what has to be looked after now and then."""

from __future__ import annotations

import threading

from server.chores import Chore, Chores
from server.db.errors import DatabaseAway
from tests.support.office import HandClock
from tests.support.poll import until


def test_each_chore_is_done_at_the_start_and_whenever_it_is_due() -> None:
    clock, done = HandClock(), list[str]()
    chores = Chores(clock)
    chores.add(Chore("often", 10, lambda: done.append("often")))
    chores.add(Chore("seldom", 60, lambda: done.append("seldom")))
    assert chores.do_due() == 10
    assert done == ["often", "seldom"]
    clock.advance(seconds=9)
    assert chores.do_due() == 1
    clock.advance(seconds=1)
    chores.do_due()
    assert done == ["often", "seldom", "often"]


def test_a_chore_that_fails_keeps_the_others_from_nothing_and_is_tried_again() -> None:
    clock, done = HandClock(), list[str]()
    chores = Chores(clock)

    def fail() -> None:
        done.append("tried")
        raise DatabaseAway if len(done) == 1 else ZeroDivisionError

    chores.add(Chore("fails", 10, fail))
    chores.add(Chore("works", 10, lambda: done.append("works")))
    for _ in range(2):
        chores.do_due()
        clock.advance(seconds=10)
    assert done == ["tried", "works"] * 2


def test_the_thread_ends_when_it_is_told_to() -> None:
    done = threading.Event()
    chores = Chores(HandClock())
    chores.add(Chore("once", 3600, done.set))
    chores.start()
    until(done.is_set)
    chores.stop()
    assert not any(thread.name == "chores" and thread.is_alive() for thread in threading.enumerate())
