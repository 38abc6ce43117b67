"""A seat against the server's twin, with a meeting and a paper in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import PLAIN, TwinMeeting, TwinPaper


@pytest.fixture
def room(tmp_path: Path) -> SeatRoom:
    return SeatRoom(tmp_path)


@pytest.fixture
def seat(room: SeatRoom) -> TestSeat:
    return room.seat()


@pytest.fixture
def meeting(room: SeatRoom, seat: TestSeat) -> TwinMeeting:
    meeting = room.twin.prepare_meeting()
    room.run(3)
    return meeting


@pytest.fixture
def paper(room: SeatRoom, meeting: TwinMeeting) -> TwinPaper:
    made = room.twin.publish(meeting, "report", PLAIN)
    room.run(3)
    return made
