"""The act of a seat about messages: its person has read one.

Usage: ``services.seat_acts |= seat_acts(notices)``.
"""

from __future__ import annotations

from typing import Any

from server.meetings.commands import By
from server.meetings.ports import SeatAct, Seated
from server.notices.service import Ask, NoticeService
from wire.fields import Fields


def seat_acts(notices: NoticeService) -> dict[str, SeatAct]:
    """By kind of act."""

    def read(data: Fields, seated: Seated) -> dict[str, Any]:
        notice = data.id("notice", "g")
        data.end()
        ask = Ask(By(seated.person), f"person:{seated.person}", seated.key, seated.now)
        return notices.read(seated.meeting, notice, ask=ask)

    return {"notice_read": read}
