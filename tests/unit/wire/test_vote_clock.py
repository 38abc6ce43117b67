"""A vote's clock: when it ends, what a pause does to it, and a closing in its name (V3, W85)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.support.meeting_log import MeetingLog, named
from tests.support.votes import open_vote
from wire.errors import BadField
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
