"""Acts of the seats about messages: their person has read one; who leads there sends one, or takes it away (W121).

Usage: ``services.seat_acts |= seat_acts(notices)``.
"""

from __future__ import annotations

from typing import Any

from server.meetings.commands import By
from server.meetings.ports import SeatAct, Seated
from server.notices import reading
from server.notices.service import Ask, NoticeService
from wire.fields import Fields
from wire.notices import NoticeChange


def seat_acts(notices: NoticeService) -> dict[str, SeatAct]:
    """By kind of act."""

    def read(data: Fields, seated: Seated) -> dict[str, Any]:
        return notices.read(seated.meeting, _notice(data), ask=_ask(seated))

    def send(data: Fields, seated: Seated) -> dict[str, Any]:
        return notices.prepare(seated.meeting, reading.new_notice(data, sends=True), ask=_ask(seated))

    def withdraw(data: Fields, seated: Seated) -> dict[str, Any]:
        return notices.move(seated.meeting, _notice(data), NoticeChange.WITHDRAW, ask=_ask(seated))

    return {"notice_read": read, "notice_send": send, "notice_withdraw": withdraw}


def _notice(data: Fields) -> str:
    notice = data.id("notice", "g")
    data.end()
    return notice


def _ask(seated: Seated) -> Ask:
    return Ask(By(seated.person), f"person:{seated.person}", seated.key, seated.now)
