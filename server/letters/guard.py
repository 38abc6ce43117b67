"""Who may have the file of a document that is not issued: what is signed is not yet sent (N9).

Rules: pure but for the meeting it asks. Of a round that a document was put up in, the file is for its signers, for who
leads, for registry clerks and auditors – until the document is issued, and for ever when it was withdrawn or revoked.
The log says which rounds these are: a withdrawn document is in no state any more.

Usage: ``desk.tools.guards.append(LetterGuard(meetings).must_have)``; signers are let through by the desk itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from server.errors import NotAllowed
from server.identity.model import Actor, Role
from wire.events import Event
from wire.ids import MeetingId
from wire.places import LEADING
from wire.state import MeetingState


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId) -> list[Event]:
        """The whole log; raises NoSuchMeeting."""
        ...


@dataclass(frozen=True, slots=True)
class LetterGuard:
    """Of the files of all meetings."""

    meetings: Meetings

    def must_have(self, meeting: MeetingId, round_id: str, actor: Actor) -> None:
        """Raise NotAllowed when the round is of a document that is not issued, and ``actor`` is none of the above."""
        if actor.has(Role.SECRETARY, Role.AUDITOR, Role.CLERK):
            return
        state = self.meetings.state(meeting)
        member = state.member(actor.person_id)
        if member is not None and member.role in LEADING:
            return
        if any(each.round == round_id and each.is_out for each in state.letters):
            return
        if any(
            each.kind == "letter_put_up" and each.data["round"] == round_id for each in self.meetings.events(meeting)
        ):
            raise NotAllowed
