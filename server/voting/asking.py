"""Who is ready for a vote, for the chair at a seat who is about to open one (W114, W126).

Rules: told to the seat at which the meeting's chair sits, in the acknowledgement of the question, which is sealed to
that device; to no other seat and to no room. Nothing is kept, not even that it was asked: it is of a moment, and asked
again every few seconds.

Usage::

    acts = ReadyActs(acts, voting, meetings)          # the ActHandler in front of all others
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Protocol

from server.errors import NotAllowed, ServerError, Unavailable
from server.meetings.commands import By
from server.meetings.errors import NotSignedInHere
from server.meetings.ports import ActHandler, Outcome
from server.voting.ready import Asked, Readiness
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import Act
from wire.readiness import KIND, Opening
from wire.state import MeetingState, MemberRole


class States(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...


class Looks(Protocol):
    """The voting feature."""

    def ready(self, meeting: MeetingId, asked: Asked, by: By, *, vote: str | None = None) -> Readiness:
        """Who could cast a ballot if this were opened now; raises NoSuchVote."""
        ...


class ReadyActs:
    """Answers the act ``vote_ready``; everything else is for ``acts``."""

    def __init__(self, acts: ActHandler, voting: Looks, meetings: States) -> None:
        self._acts: Final = acts
        self._voting: Final = voting
        self._meetings: Final = meetings

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act``; see the port. Raises Unavailable, or what the database raises when it is away."""
        if act.kind != KIND:
            return self._acts.perform(act, device=device, seat=seat, now=now)
        try:
            return Outcome("done", data=self._told(act, seat))
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            return Outcome("refused", refusal.code, refusal.data)

    def _told(self, act: Act, seat: str) -> dict[str, Any]:
        meeting, opening = MeetingId(act.meeting), Opening.read(Fields(act.data, "act.data"))
        state = self._meetings.state(meeting)
        if act.person is None or (act.person, seat) not in state.seated:
            raise NotSignedInHere
        member = state.member(act.person)
        if member is None or member.role is not MemberRole.CHAIR:
            raise NotAllowed
        asked = Asked(opening.kind, opening.item)
        return self._voting.ready(meeting, asked, By(act.person), vote=opening.vote).in_short().to_value()
