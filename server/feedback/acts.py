"""The act of a seat that tells of a fault or a wish (W146).

Usage: ``services.seat_acts |= seat_acts(feedback, services.identity)``.
"""

from __future__ import annotations

from typing import Any

from server.feedback.service import By, FeedbackService
from server.meetings.ports import People, SeatAct, Seated
from wire.feedback import SEND, read_said
from wire.fields import Fields


def seat_acts(feedback: FeedbackService, people: People) -> dict[str, SeatAct]:
    """By kind of act."""

    def send(data: Fields, seated: Seated) -> dict[str, Any]:
        name = people.person(seated.person).name
        by = By(seated.person, name, seated.key, seated.now, seated.meeting, seated.device, seated.seat)
        return feedback.send(read_said(data), by=by)

    return {SEND: send}
