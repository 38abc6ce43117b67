"""P7: the moment in a receipt is the server's, however wrong the terminal's own clock is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.support.seats import SeatRoom
from tests.support.server_twin import BEGIN

YEARS_S = 86_400.0 * 365 * 20


@pytest.mark.parametrize("off", [False, True])
def test_P7_a_terminal_that_woke_in_another_year_receipts_the_right_moment(tmp_path: Path, *, off: bool) -> None:
    room = SeatRoom(tmp_path)
    room.clock.jump_s = -YEARS_S
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    room.twin.add(meeting, "meeting_opened")
    room.twin.publish(meeting, "report", b"%PDF a small one")
    room.run(3)
    if off:
        seat.lose_power()
    room.twin.close(meeting)
    if off:
        seat.start()
        seat.connect()
    room.run(5)
    receipt = meeting.receipts[seat.signer.key_id]
    assert abs(receipt.destroyed_at - BEGIN) < dt.timedelta(minutes=5)
