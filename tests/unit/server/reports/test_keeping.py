"""The thread that counts: nothing is lost while the database is away, and nothing ends it (RP2)."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from server.errors import Unavailable
from server.reports import keeping
from server.reports.keeping import Keeper
from wire.ids import MeetingId
from wire.phases import Phase
from wire.state import MeetingState

ONE, TWO, THREE = (MeetingId("m-" + letter * 16) for letter in "abc")


class Counting:
    """Counts what it is given; goes wrong as often as it is told to."""

    def __init__(
        self, stale: list[Exception] | None = None, keep: dict[MeetingId, list[Exception]] | None = None
    ) -> None:
        self.stale_faults, self.keep_faults = stale or [], keep or {}
        self.kept: list[MeetingId] = []
        self.done = threading.Event()

    def stale(self) -> Sequence[MeetingId]:
        if self.stale_faults:
            raise self.stale_faults.pop(0)
        return [ONE, TWO, THREE]

    def keep(self, meeting: MeetingId) -> None:
        if self.keep_faults.get(meeting):
            raise self.keep_faults[meeting].pop(0)
        self.kept.append(meeting)
        if len(self.kept) == self.wanted:
            self.done.set()

    wanted = 3


def run(counting: Counting) -> None:
    keeper = Keeper(counting)
    keeper.start()
    try:
        assert counting.done.wait(10)
    finally:
        keeper.stop()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_AGAIN_S", 0.01)
    monkeypatch.setattr(keeping, "_TOGETHER_S", 0.01)


def test_RP2_a_meeting_waits_until_the_database_is_back() -> None:
    counting = Counting(stale=[Unavailable()], keep={ONE: [Unavailable(), Unavailable()]})
    run(counting)
    assert sorted(counting.kept) == [ONE, TWO, THREE]


def test_RP2_a_meeting_that_goes_wrong_keeps_no_other_from_being_counted() -> None:
    counting = Counting(keep={ONE: [RuntimeError("a broken row")]})
    counting.wanted = 2
    run(counting)
    assert counting.kept == [TWO, THREE]


def test_RP2_what_broke_when_it_asked_first_is_asked_again_with_the_next_meeting_that_ends() -> None:
    counting = Counting(stale=[RuntimeError("a broken row")])
    keeper = Keeper(counting)
    keeper.announce(TWO, (), before=MeetingState(), after=MeetingState(phase=Phase.CLOSED))
    counting.wanted = 1
    keeper.start()
    try:
        assert counting.done.wait(10)
        counting.wanted = 4
        counting.done.clear()
        keeper.announce(TWO, (), before=MeetingState(), after=MeetingState(phase=Phase.CLOSED))
        assert counting.done.wait(10)
    finally:
        keeper.stop()
    assert counting.kept[0] == TWO
    assert {ONE, TWO, THREE} == set(counting.kept)
