"""A whole seat against the server's twin: what a person sees, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.seats import SeatRoom


@pytest.fixture
def room(tmp_path: Path) -> SeatRoom:
    return SeatRoom(tmp_path)


def test_smoke(room: SeatRoom) -> None:
    seat = room.seat()
    assert seat.where == "waiting"
    meeting = room.twin.prepare_meeting()
    room.run(5)
    assert seat.where == "welcome"
    made = room.twin.publish(meeting, "report", b"x" * 500_000)
    room.run(5)
    assert seat.complete(made.manifest.key)
    request = seat.sign_in("lan")
    room.run(2)
    assert seat.answer(request) == ""
    assert seat.where == "signed_in"
    assert seat.seq == meeting.log.state.seq
    assert list(seat.sections["holding"].values()) == [{"have": 8, "chunks": 8, "ready": True}]
    room.twin.close(meeting)
    room.run(3)
    assert seat.where == "recalled"
    assert seat.sections["recalled"]["confirmed"]
    assert meeting.receipts
