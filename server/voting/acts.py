"""Acts of the seats about votes: a ballot, and what whoever leads does from where they sit.

Rules: a ballot's answer and nonce are read here and given to the service; they are in no log line.

Usage: ``services.seat_acts |= seat_acts(voting)``.
"""

from __future__ import annotations

from typing import Any, Final

from server.meetings.commands import By
from server.meetings.ports import SeatAct, Seated
from server.voting.service import Ask, Cast, VotingService
from wire.ballots import NONCE_BYTES
from wire.fields import Fields
from wire.votes import VoteChange

_STEPS: Final = {
    "vote_open": VoteChange.OPEN,
    "vote_pause": VoteChange.PAUSE,
    "vote_resume": VoteChange.RESUME,
    "vote_announce": VoteChange.ANNOUNCE,
}


def seat_acts(voting: VotingService) -> dict[str, SeatAct]:
    """By kind of act."""

    def cast(data: Fields, seated: Seated) -> dict[str, Any]:
        ballot = Cast(
            vote=data.id("vote", "v"),
            person=seated.person,
            answer=data.text("answer", limit=20),
            nonce=data.hex("nonce", size=NONCE_BYTES),
        )
        data.end()
        return voting.cast(seated.meeting, ballot, key=seated.key, now=seated.now)

    def close(data: Fields, seated: Seated) -> dict[str, Any]:
        vote = data.id("vote", "v")
        data.end()
        return voting.close(seated.meeting, vote, ask=_ask(seated))

    return {"vote_cast": cast, "vote_close": close, **{kind: _step(voting, way) for kind, way in _STEPS.items()}}


def _step(voting: VotingService, change: VoteChange) -> SeatAct:
    def stepped(data: Fields, seated: Seated) -> dict[str, Any]:
        vote = data.id("vote", "v")
        data.end()
        return voting.step(seated.meeting, vote, change, ask=_ask(seated))

    return stepped


def _ask(seated: Seated) -> Ask:
    return Ask(By(seated.person), f"person:{seated.person}", seated.key, seated.now)
