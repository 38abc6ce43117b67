"""What a room holds grows newer and never older, whatever order it is told in (P7)."""

from __future__ import annotations

import contextlib
import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from server.distribution.rooms import Rooms
from server.meetings.commands import By, Step
from tests.support.meetings import CHAIR, MEETING, ROOM, Play
from wire.ids import RoomId
from wire.phases import Change
from wire.state import MeetingState


class Told:
    """A meeting that goes on, and the states that it has been in."""

    def __init__(self) -> None:
        self.play = Play()
        self.play.prepare(Change.SUBMIT, Change.APPROVE)
        source: Any = SimpleNamespace(
            unit=SimpleNamespace(read=contextlib.nullcontext),
            store=SimpleNamespace(held_meetings=lambda _tx, _room: [MEETING]),
            meetings=SimpleNamespace(state=lambda _meeting: self.play.log.state),
        )
        nothing: Any = None
        self.rooms = Rooms(source, link=nothing, codec=nothing)

    def step(self, change: Change) -> tuple[MeetingState, MeetingState]:
        before = self.play.log.state
        self.play(By(CHAIR), Step(change))
        return before, self.play.log.state

    @property
    def held(self) -> list[MeetingState]:
        return [each.state for each in self.rooms.held(RoomId(ROOM))]


@pytest.fixture
def told() -> Told:
    return Told()


def grown(state: MeetingState, by: int) -> MeetingState:
    """A state with later numbers; as after requests to speak, which change nothing that seats hold."""
    assert state.last is not None
    return dataclasses.replace(state, last=dataclasses.replace(state.last, seq=state.seq + by))


def test_P7_a_change_told_a_second_time_does_not_bring_an_older_state_back(told: Told) -> None:
    before, asked = told.play.log.state, grown(told.play.log.state, 1)
    assert told.rooms.held(RoomId(ROOM))
    assert told.rooms.grew(MEETING, before, asked)
    assert told.held == [asked]
    told.step(Change.OPEN)  # what comes after it is looked up anew, as a paper's recall is
    told.rooms.refresh(RoomId(ROOM))
    newest = told.held
    assert newest[0].phase == "open"
    late = grown(newest[0], -1), newest[0]
    assert told.rooms.grew(MEETING, *late)
    told.rooms.grew(MEETING, before, asked)
    assert told.held == newest


def test_P7_a_change_that_follows_none_that_is_known_is_looked_up(told: Told) -> None:
    state = told.play.log.state
    assert told.rooms.held(RoomId(ROOM))
    assert not told.rooms.grew(MEETING, grown(state, 1), grown(state, 2))
    assert told.held == [state]
