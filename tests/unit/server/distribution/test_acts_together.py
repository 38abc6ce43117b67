"""The desk of the seats' acts: what waits is performed together, what is left alone (W28)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

import pytest

from server.distribution.acts import _LOT, ActDesk, Performed
from server.errors import Unavailable
from server.meetings.ports import TRY_AGAIN, Outcome, SentAct
from tests.support.meetings import an_id
from tests.support.office import START, HandClock
from tests.support.poll import until
from wire.messages import Act, Head

TOGETHER, ALONE = "vote_cast", "sign_in"


class Handler:
    """Performs alone and together, when it is let; keeps what it was given."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.alone: list[str] = []
        self.lots: list[list[str]] = []
        self.leaves: set[str] = set()
        self.again: set[str] = set()
        self.fault: Exception | None = None
        #: lets those that are performed alone come to their end
        self.may_alone = threading.Event()
        self.may_alone.set()

    def takes(self, act: Act) -> bool:
        return act.kind == TOGETHER

    def perform(self, act: Act, **_: object) -> Outcome:
        self.alone.append(act.act)
        self.may_alone.wait(20)
        return Outcome("done", data={"alone": True})

    def perform_all(self, acts: Sequence[SentAct], *, now: dt.datetime) -> list[Outcome | None]:
        self.lots.append([each.act.act for each in acts])
        self.may.wait(20)
        if self.fault is not None:
            raise self.fault
        return [self._together(each.act.act) for each in acts]

    def _together(self, act: str) -> Outcome | None:
        return None if act in self.leaves else TRY_AGAIN if act in self.again else Outcome("done")


class Desk:
    """A desk with a crowd of devices before it."""

    def __init__(self) -> None:
        self.handler = Handler()
        self.back: list[Performed] = []
        self.desk = ActDesk(self.handler, HandClock(), hand_back=self.back.append, gathered=self.handler)

    def take(self, device: int, number: int, kind: str = TOGETHER, *, size: int = 400) -> str:
        act, who = an_id("a", number), an_id("d", device)
        head = Head(who, b"\0" * 16, number, START)
        self.desk.take(
            Act(head, act, an_id("m", 1), kind, an_id("u", device), START, {}), an_id("s", device), size=size
        )
        return act

    def begun(self) -> None:
        """The first lot is being committed."""
        until(lambda: bool(self.handler.lots), what="a lot is begun")

    def answered(self, count: int) -> dict[str, Outcome | None]:
        self.handler.may.set()
        until(lambda: len(self.back) >= count, what="all answers")
        self.desk.close()
        return {each.act: each.outcome for each in self.back}


def test_W28_what_comes_while_a_lot_is_committed_is_the_next_lot() -> None:
    desk = Desk()
    first = desk.take(0, 0)
    desk.begun()
    others = [desk.take(device, device) for device in range(1, _LOT + 50)]
    answers = desk.answered(_LOT + 50)
    assert desk.handler.lots == [[first], others[:_LOT], others[_LOT:]]
    assert all(outcome == Outcome("done") for outcome in answers.values())
    assert desk.handler.alone == []


def test_W28_what_comes_soon_after_a_lot_began_shares_the_next_and_who_comes_alone_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    desk.handler.may.set()
    held = threading.Event()

    monkeypatch.setattr(vars(desk.desk)["_closing"], "wait", lambda _s: held.wait(20))
    alone = desk.take(0, 0)
    until(lambda: len(desk.back) == 1, what="the one that came alone is answered")
    soon = [desk.take(device, device) for device in range(1, 6)]
    held.set()
    desk.answered(6)
    assert desk.handler.lots == [[alone], soon]


def test_W28_a_lot_is_bounded_in_bytes_too() -> None:
    desk = Desk()
    desk.take(0, 0)
    desk.begun()
    for device in range(1, 5):
        desk.take(device, device, size=400_000)
    desk.answered(5)
    assert [len(lot) for lot in desk.handler.lots] == [1, 2, 2]


def test_W28_acts_of_other_kinds_do_not_wait_for_a_lot() -> None:
    desk = Desk()
    desk.take(0, 0)
    desk.begun()
    alone = desk.take(1, 1, ALONE)
    until(lambda: desk.handler.alone == [alone], what="it was performed meanwhile")
    desk.answered(2)


def test_W28_a_lot_does_not_wait_for_those_that_are_performed_alone() -> None:
    desk = Desk()
    desk.handler.may_alone.clear()
    desk.handler.may.set()
    try:
        for number in range(50):
            desk.take(number, number, ALONE)
        ballots = [desk.take(number, number) for number in range(50, 60)]
        until(lambda: len(desk.back) == len(ballots), what="the ballots are answered")
        assert {each.act for each in desk.back} == set(ballots)
    finally:
        desk.handler.may_alone.set()
    desk.answered(60)


def test_W28_what_a_lot_leaves_and_all_of_one_that_fails_is_performed_alone() -> None:
    desk = Desk()
    left = an_id("a", 2)
    desk.handler.leaves = {left}
    for number in range(4):
        desk.take(number, number)
    assert desk.answered(4)[left] == Outcome("done", data={"alone": True})
    assert desk.handler.alone == [left]
    broken = Desk()
    broken.handler.fault = RuntimeError("a fault of ours")
    for number in range(4):
        broken.take(number, number)
    broken.answered(4)
    assert sorted(broken.handler.alone) == [an_id("a", number) for number in range(4)]


def test_W28_with_the_database_away_a_lot_is_for_its_seats_to_try_again() -> None:
    desk = Desk()
    desk.handler.fault = Unavailable()
    for number in range(4):
        desk.take(number, number)
    assert set(desk.answered(4).values()) == {None}
    assert desk.handler.alone == [], "nobody waits for the database once more, one by one"


def test_W28_what_found_the_database_away_takes_no_other_answer_with_it() -> None:
    desk = Desk()
    again = an_id("a", 2)
    desk.handler.again = {again}
    for number in range(4):
        desk.take(number, number)
    answers = desk.answered(4)
    assert answers.pop(again) is None
    assert set(map(str, answers.values())) == {str(Outcome("done"))}
    assert desk.handler.alone == []


def test_W28_a_devices_acts_keep_their_order_across_both_ways() -> None:
    desk = Desk()
    first, second, third = desk.take(0, 0), desk.take(0, 1, ALONE), desk.take(0, 2)
    desk.handler.may.set()
    for count, act in enumerate((first, second, third), 1):
        until(lambda count=count: len(desk.back) == count, what="the next")  # type: ignore[misc]
        assert desk.back[-1].act == act
        desk.desk.done(an_id("d", 0))
    desk.desk.close()
