"""Acts of the seats about the roll: I am here, I have to leave.

Usage: ``services.seat_acts |= seat_acts(roll)``.
"""

from __future__ import annotations

from typing import Any

from server.attendance.model import Said
from server.attendance.reading import reason
from server.attendance.service import Ask, AttendanceService
from server.meetings.commands import By
from server.meetings.ports import SeatAct, Seated
from wire.fields import Fields


def seat_acts(roll: AttendanceService) -> dict[str, SeatAct]:
    """By kind of act."""

    def say(data: Fields, seated: Seated) -> dict[str, Any]:
        said, why = Said(data.choice("said", frozenset(Said))), reason(data)
        data.end()
        ask = Ask(By(seated.person), f"person:{seated.person}", seated.key, seated.now, seated.seat)
        return roll.say(seated.meeting, said, reason=why, ask=ask)

    return {"presence": say}
