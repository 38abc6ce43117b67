"""Votes that their clock closes: on time, also after a restart, with every ballot that was committed (V3, W85)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from server.voting.clock import LOOK_S, VoteClock
from tests.support.poll import until
from tests.unit.server.voting.test_voting import Room
from wire.ids import MeetingId
from wire.votes import VoteState

UNREADABLE = (
    "INSERT INTO meetings (id, room, room_name, title, type, starts_at, planned_minutes, phase, seq)"  # noqa: ISC004 - one
    " SELECT 'm-zzzzzzzzzzzzzzzz', room, '', '', '', starts_at, 1, phase, seq FROM meetings",
    "INSERT INTO meeting_events (meeting, seq, hash, body) VALUES ('m-zzzzzzzzzzzzzzzz', 1, '', '{')",
    "INSERT INTO votes (id, meeting, state) VALUES ('v-zzzzzzzzzzzzzzzz', 'm-zzzzzzzzzzzzzzzz', 'open')",
)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def clock(room: Room) -> VoteClock:
    return VoteClock(room.office.services.voting, room.office.clock)


def test_W85_when_the_time_is_over_the_vote_is_closed_with_its_ballots_and_the_log_says_how(
    room: Room, clock: VoteClock
) -> None:
    assert clock.beat() is None, "no vote, no looking"
    vote = room.open(seconds=3)
    assert room.cast(1, "daibieu", vote, "for").outcome == "done"
    assert clock.beat() == 3.0
    assert room.state.votes[0].state is VoteState.OPEN
    room.office.clock.advance(seconds=3)
    assert clock.beat() is None
    found = room.state.votes[0]
    assert (found.state, found.by_clock, found.turnout.cast) == (VoteState.CLOSED, True, 1)
    event = room.office.services.meetings.events(MeetingId(room.meeting))[-1]
    assert (event.kind, event.actor, event.data["by"]) == ("vote_closed", "system", "clock")
    assert room.cast(0, "chutri", vote, "for").code == "vote-not-open"
    assert room.section(room.chair, vote)["by_clock"]
    room.chair.post(f"{room.path}/votes/{vote}/announce").done()


def test_W85_a_server_that_was_away_closes_at_once_what_ran_out(room: Room) -> None:
    room.open(seconds=60)
    room.office.clock.advance(hours=2)
    after = VoteClock(room.office.services.voting, room.office.clock)
    after.start()
    try:
        until(lambda: room.state.votes[0].by_clock, timeout_s=10, what="closed")
    finally:
        after.stop()


def test_W85_the_thread_is_woken_by_the_opening_of_a_vote(room: Room, clock: VoteClock) -> None:
    room.office.services.voting.timers.append(clock)
    clock.start()
    try:
        room.open(seconds=60)
        room.office.clock.advance(seconds=61)
        clock.look()
        until(lambda: room.state.votes[0].by_clock, timeout_s=10, what="closed")
    finally:
        clock.stop()
    assert all(thread.name != "vote-clock" for thread in threading.enumerate())


def test_W85_a_pause_stops_the_clock(room: Room, clock: VoteClock) -> None:
    vote = room.open(seconds=10)
    room.office.clock.advance(seconds=4)
    room.chair.post(f"{room.path}/votes/{vote}/pause").done()
    room.office.clock.advance(minutes=5)
    assert clock.beat() is None
    room.chair.post(f"{room.path}/votes/{vote}/resume").done()
    assert clock.beat() == LOOK_S, "six seconds are left, and it looks sooner"
    room.office.clock.advance(seconds=6)
    clock.beat()
    assert room.state.votes[0].by_clock


@pytest.mark.parametrize("changes", [{"seconds": 0}, {"kind": "hands", "seconds": 5}])
def test_W85_votes_without_a_clock_and_shows_of_hands_wait_for_people(
    room: Room, clock: VoteClock, changes: dict[str, object]
) -> None:
    room.open(**changes)
    room.office.clock.advance(hours=1)
    assert clock.beat() is None
    assert room.state.votes[0].state is VoteState.OPEN


def test_W85_a_meeting_that_cannot_be_read_stops_no_other_clock(
    room: Room, clock: VoteClock, caplog: pytest.LogCaptureFixture
) -> None:
    room.open(seconds=3)
    with room.office.services.database.begin() as tx:
        for statement in UNREADABLE:
            tx.exec_driver_sql(statement)
    room.office.clock.advance(seconds=3)
    assert clock.beat() == LOOK_S, "it is tried again: somebody may mend it"
    assert room.state.votes[0].by_clock
    assert "v-zzzzzzzzzzzzzzzz" in caplog.text


def test_W85_the_chair_who_was_faster_has_closed_it(room: Room) -> None:
    vote = room.open(seconds=5)
    room.office.clock.advance(seconds=6)
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    before = room.state.seq
    room.office.services.voting.close_by_clock(MeetingId(room.meeting), vote, now=room.office.clock.now())
    assert (room.state.seq, room.state.votes[0].by_clock) == (before, False)
