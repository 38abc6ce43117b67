"""What a room holds when one of its meetings is deleted just now (M5)."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

from server.distribution.rooms import Rooms
from server.meetings.commands import By, Step
from server.meetings.errors import NoSuchMeeting
from tests.support.meetings import CHAIR, MEETING, ROOM, Play, an_id
from wire.ids import MeetingId, RoomId
from wire.phases import Change
from wire.state import MeetingState

GONE = MeetingId(an_id("m", 7))


def test_M5_a_rehearsal_that_is_deleted_meanwhile_takes_no_other_meeting_with_it() -> None:
    play = Play()
    play.prepare(Change.SUBMIT, Change.APPROVE)
    play(By(CHAIR), Step(Change.OPEN))

    def state(meeting: MeetingId) -> MeetingState:
        if meeting == GONE:
            raise NoSuchMeeting
        return play.log.state

    source: Any = SimpleNamespace(
        unit=SimpleNamespace(read=contextlib.nullcontext),
        store=SimpleNamespace(held_meetings=lambda _tx, _room: [GONE, MEETING]),
        meetings=SimpleNamespace(state=state),
    )
    nothing: Any = None
    rooms = Rooms(source, link=nothing, codec=nothing)
    rooms.refresh(RoomId(ROOM))
    assert [held.meeting for held in rooms.held(RoomId(ROOM))] == [MEETING]
