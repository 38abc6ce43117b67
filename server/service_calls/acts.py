"""Acts of the seats about service calls.

Usage: ``services.seat_acts |= seat_acts(calls, rooms)``.
"""

from __future__ import annotations

from typing import Any

from server.meetings.ports import Rooms, SeatAct, Seated
from server.service_calls.model import Wanted
from server.service_calls.service import Ask, ServiceCalls
from wire.fields import Fields
from wire.service import MAX_TEXT
from wire.state import ServiceKind


def seat_acts(calls: ServiceCalls, rooms: Rooms) -> dict[str, SeatAct]:
    """By kind of act."""

    def call(data: Fields, seated: Seated) -> dict[str, Any]:
        kind = ServiceKind(data.choice("kind", frozenset(ServiceKind)))
        text = data.text("text", limit=MAX_TEXT) if data.has("text") else ""
        data.end()
        wanted = Wanted(seated.key.act, kind, text, rooms.seat(seated.seat).label)
        return calls.ask(seated.meeting, wanted, ask=_ask(seated))

    def cancel(data: Fields, seated: Seated) -> dict[str, Any]:
        wanted = data.id("call", "a")
        data.end()
        return calls.cancel_own(seated.meeting, wanted, ask=_ask(seated))

    return {"service_call": call, "service_cancel": cancel}


def _ask(seated: Seated) -> Ask:
    return Ask(seated.person, f"person:{seated.person}", seated.key, seated.now, seated.seat)
