"""What the ids of a log stand for: people, rooms, seats and terminals of the house; what a meeting deals with.

Rules: what is not there any more, or cannot be read, has no name; it is shown as it was written.

Usage: ``LogNames(services).of("m-…").name_of("p-…")``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from server.errors import ServerError
from server.record.wording import Naming
from server.services import Services
from wire.entries import HOUSE
from wire.errors import WireError
from wire.ids import MeetingId
from wire.state import MeetingState


class LogNames:
    """See the module."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def of(self, log: str) -> Naming:
        """For the entries of one log."""
        state = MeetingState() if log == HOUSE else self._state(log)
        names = _of_meeting(state)
        asked: dict[str, str] = {}

        def name_of(ident: str) -> str:
            if ident not in names and ident not in asked:
                asked[ident] = self._of_house(ident)
            return names.get(ident) or asked.get(ident, "")

        answers = {vote.vote: {each.answer: each.text for each in vote.answers} for vote in state.votes}
        return Naming(name_of, answers)

    def _state(self, meeting: str) -> MeetingState:
        try:
            return self._services.meetings.state(MeetingId(meeting))
        except (ServerError, WireError):
            return MeetingState()

    def _of_house(self, ident: str) -> str:
        services = self._services
        ways: dict[str, Callable[[], str]] = {
            "u": lambda: services.identity.person(ident).name,
            "m": lambda: services.meetings.state(MeetingId(ident)).title,
            "r": lambda: services.rooms.room(ident).name,
            "s": lambda: services.rooms.seat(ident).label,
            "o": lambda: services.units.unit(ident).name,
            "d": lambda: self._place(ident),
            "f": lambda: services.consultations.subject(ident),
        }
        try:
            return ways[ident[0]]() if ident[0] in ways else ""
        except (ServerError, WireError):
            return ""

    def _place(self, device: str) -> str:
        found = next((each.place for each in self._services.fleet.approved() if each.id == device), None)
        return "" if found is None else f"{self._services.rooms.room(found.room).name} – {found.label}"


def _of_meeting(state: MeetingState) -> dict[str, str]:
    return (
        {member.person: member.name for member in state.members}
        | {member.seat: member.seat_label for member in state.members if member.seat is not None}
        | {item.item: item.title for item in state.agenda}
        | {paper.paper: paper.title for paper in state.papers}
        | {vote.vote: vote.question for vote in state.votes}
        | {each.round: each.title for each in state.rounds}
        | {speech.speech: speech.name for speech in state.speaking.speeches}
        | {notice.notice: notice.text for notice in state.notices}
    )
