"""A seat that has much to say is slowed and loses nothing; one that never ends is passed over."""

from __future__ import annotations

import threading

import pytest

from server.distribution.acts import ActDesk, Performed
from server.distribution.inflow import BURST, LINE, LINE_BYTES, PER_S, Inflow
from server.meetings.ports import Outcome
from tests.support.meetings import an_id
from tests.support.office import START, HandClock
from tests.support.poll import until
from wire.messages import Act, Head

SEAT, OTHER = an_id("d", 1), an_id("d", 2)


def heard(inflow: Inflow[int], first: list[int], *, until_s: float, step_s: float = 0.05) -> dict[int, float]:
    """When each message was heard."""
    found = dict.fromkeys(first, 0.0)
    now_s = 0.0
    while now_s <= until_s:
        found |= dict.fromkeys(inflow.due(now_s), now_s)
        now_s += step_s
    return found


def test_two_thousand_acts_after_an_outage_are_all_heard_in_their_order() -> None:
    inflow: Inflow[int] = Inflow()
    first = [number for number in range(2000) if inflow.admits(SEAT, number, size=400, at_s=0)]
    assert len(first) == BURST
    found = heard(inflow, first, until_s=(2000 - BURST) / PER_S + 1)
    assert list(found) == list(range(2000))
    assert inflow.passed_over == 0
    assert not inflow.has_waiting


@pytest.mark.parametrize("reports_a_s", [5, 50, 150])
def test_the_reports_of_a_paper_of_300_mib_are_never_passed_over(reports_a_s: int) -> None:
    """One for each 2 MiB, from the slowest network to one of several Gbit/s; and health and acts beside them."""
    inflow: Inflow[int] = Inflow()
    reports, now = [number / reports_a_s for number in range(150)], 0
    for number, at_s in enumerate(reports):
        now += sum(1 for _ in inflow.due(at_s))
        now += inflow.admits(SEAT, number, size=700, at_s=at_s)
    assert now == 150, "not one had to wait"


def test_a_hostile_seat_fills_its_line_and_no_memory() -> None:
    inflow: Inflow[int] = Inflow()
    for number in range(BURST + LINE + 1000):
        inflow.admits(SEAT, number, size=100, at_s=0)
    assert inflow.passed_over == 1000
    large: Inflow[int] = Inflow(burst=1)
    for number in range(11):
        large.admits(SEAT, number, size=LINE_BYTES // 4, at_s=0)
    assert large.passed_over == 6
    assert inflow.admits(OTHER, 1, size=100, at_s=0), "another seat is heard at once"


def test_that_a_seat_is_gone_is_heard_after_what_it_said() -> None:
    inflow: Inflow[int] = Inflow(burst=1, per_s=1.0)
    assert inflow.follows(SEAT, -1), "with nothing before it at once"
    for number in range(3):
        inflow.admits(SEAT, number, size=1, at_s=0)
    assert not inflow.follows(SEAT, 99)
    assert list(heard(inflow, [], until_s=5)) == [1, 2, 99]


class _Handler:
    """Performs acts when it is let, and remembers their order."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.performed: list[str] = []

    def perform(self, act: Act, **_: object) -> Outcome:
        self.may.wait(20)
        self.performed.append(act.act)
        return Outcome("done")


def test_W28_two_thousand_acts_wait_for_a_slow_database_and_none_is_dropped() -> None:
    handler, back = _Handler(), list[Performed]()
    desk = ActDesk(handler, HandClock(), hand_back=back.append)
    acts = [an_id("a", number) for number in range(2000)]
    for number, act in enumerate(acts):
        head = Head(SEAT, b"\0" * 16, number, START)
        desk.take(Act(head, act, an_id("m", 1), "sign_out", an_id("u", 1), START, {}), an_id("s", 1), size=400)
    handler.may.set()
    for number in range(2000):
        until(lambda number=number: len(back) > number, every_s=0.001)  # type: ignore[misc]
        desk.done(SEAT)
    desk.close()
    assert handler.performed == acts
