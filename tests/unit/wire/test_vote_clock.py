"""A vote's clock: when it ends, what a pause does to it, and a closing in its name (V3, W85)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, named
from tests.support.speaking import Floor
from tests.support.votes import open_vote, prepared, roll
from wire.errors import BadField
from wire.fold import fold
from wire.votes import Vote, VoteState

#: Events of the log are a minute apart.
MINUTE = dt.timedelta(minutes=1)
NAME = {"vote": named("v", "vote")}


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


def found(log: MeetingLog) -> Vote:
    vote = log.state.vote(NAME["vote"])
    assert vote is not None
    return vote


def ends(log: MeetingLog) -> dt.datetime:
    at = found(log).ends_at
    assert at is not None
    return at


def close(log: MeetingLog, **data: Any) -> Vote:
    log.add("vote_closed", {**NAME, "ballots": [], **data})
    return found(log)


def test_W85_the_clock_ends_so_many_seconds_after_the_opening(log: MeetingLog) -> None:
    open_vote(log, ["chair", "lan"], seconds=90)
    assert ends(log) == log.events[-1].at + dt.timedelta(seconds=90)
    assert found(log).is_over(ends(log))
    assert not found(log).is_over(ends(log) - dt.timedelta(milliseconds=1))


def test_W85_a_pause_stops_the_clock_and_what_was_left_is_left(log: MeetingLog) -> None:
    open_vote(log, ["chair", "lan"], seconds=90)
    before = ends(log)
    log.add("vote_paused", NAME)
    assert not found(log).is_over(before + 10 * MINUTE), "nothing ends while it is paused"
    log.add("item_started", {"item": named("i", "two")})
    log.add("vote_resumed", NAME)
    assert ends(log) == before + 2 * MINUTE
    log.add("vote_paused", NAME)
    log.add("vote_resumed", NAME)
    assert ends(log) == before + 3 * MINUTE


def test_W85_no_clock_closes_a_vote_before_its_time(log: MeetingLog) -> None:
    open_vote(log, ["chair", "lan"], seconds=90)
    with pytest.raises(BadField, match="clock"):
        close(log, by="clock")
    log.add("item_started", {"item": named("i", "two")})
    closed = close(log, by="clock")
    assert (closed.state, closed.by_clock) == (VoteState.CLOSED, True)


def test_W85_nor_while_it_is_paused(log: MeetingLog) -> None:
    open_vote(log, ["chair", "lan"], seconds=1)
    log.add("vote_paused", NAME)
    with pytest.raises(BadField, match="clock"):
        close(log, by="clock")


@pytest.mark.parametrize("changes", [{"seconds": 0}, {"kind": "hands", "seconds": 1}])
def test_W85_nor_one_without_a_clock_nor_a_show_of_hands(log: MeetingLog, changes: dict[str, Any]) -> None:
    open_vote(log, ["chair", "lan"], **changes)
    with pytest.raises(BadField, match="clock"):
        close(log, by="clock")


def test_W85_a_closing_by_the_chair_says_nothing_of_a_clock(log: MeetingLog) -> None:
    open_vote(log, ["chair", "lan"], seconds=1)
    assert not close(log).by_clock


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(-90_000, 600_000)), min_size=1, max_size=12))
def test_V3_W85_what_is_left_is_exact_under_a_clock_that_jumps_while_it_is_paused(
    stretches: list[tuple[int, int]],
) -> None:
    """Open for so many milliseconds, then paused while the clock goes on or is set back: nothing is taken or given."""
    floor = Floor()
    floor.add("vote_prepared", prepared(seconds=300))
    roll_of_two = {**NAME, "roll": roll(["chair", "lan"]), "chair": named("u", "chair")}
    floor.add("vote_opened", roll_of_two)
    left_ms = 300_000
    for running, pausing in stretches:
        floor.wait(running / 1000)
        left_ms -= running
        assert clocked(floor).is_over(floor.now) == (left_ms <= 0)
        floor.add("vote_paused", NAME)
        assert not clocked(floor).is_over(floor.now)
        floor.wait(pausing / 1000)
        floor.add("vote_resumed", NAME)
        ends_at = clocked(floor).ends_at
        assert ends_at is not None
        assert ends_at - floor.now == dt.timedelta(milliseconds=left_ms)
    assert fold(floor.log.events) == floor.state, "whoever folds the log anew counts the same"


def clocked(floor: Floor) -> Vote:
    vote = floor.state.vote(NAME["vote"])
    assert vote is not None
    return vote
