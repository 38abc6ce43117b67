"""Acts of the seats about votes: a ballot, and what whoever leads does from where they sit.

Rules: a ballot's answer and nonce are read here and given to the service; they are in no log line.

Usage: ``services.seat_acts |= seat_acts(voting, rooms)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from server.meetings.commands import By
from server.meetings.gathered import read_each
from server.meetings.ports import ActTogether, Rooms, SeatAct, Seated
from server.statements.errors import StatementCertificateUnsure, StatementKindUnknown
from server.trust.errors import PkiServiceAway, RevocationUnknown
from server.voting import reading
from server.voting.casting import Cast, Sent, SignedBallot
from server.voting.secret.service import SecretVotes, Wanted
from server.voting.service import Ask, VotingService
from wire.ballots import NONCE_BYTES
from wire.blind import MODULUS_BYTES
from wire.election_marks import SAID_LIMIT
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import KEY_BYTES
from wire.secret_fold import MAX_RUNS
from wire.statement import VOTE, Place, SignedStatement, Statement
from wire.votes import VoteChange

_STEPS: Final = {
    "vote_open": VoteChange.OPEN,
    "vote_pause": VoteChange.PAUSE,
    "vote_resume": VoteChange.RESUME,
    "vote_announce": VoteChange.ANNOUNCE,
}


def seat_acts(voting: VotingService, secret: SecretVotes, rooms: Rooms) -> dict[str, SeatAct]:
    """By kind of act."""

    def cast(data: Fields, seated: Seated) -> dict[str, Any]:
        try:
            return voting.cast(seated.meeting, _ballot(data, seated, rooms), key=seated.key, now=seated.now)
        except (RevocationUnknown, PkiServiceAway) as exc:
            # A person waits at the seat: an answer now is better than a ballot that is sent again and again.
            raise StatementCertificateUnsure from exc

    def begin(data: Fields, seated: Seated) -> dict[str, Any]:
        seen = data.number("seen")
        return voting.begin(seated.meeting, reading.new_vote(data), seen=seen, ask=_ask(seated))

    def close(data: Fields, seated: Seated) -> dict[str, Any]:
        vote = data.id("vote", "v")
        data.end()
        return voting.close(seated.meeting, vote, ask=_ask(seated))

    def go_on(data: Fields, seated: Seated) -> dict[str, Any]:
        vote, run = data.id("vote", "v"), data.number("run", low=1, high=MAX_RUNS)
        data.end()
        return voting.go_on(seated.meeting, vote, run=run, ask=_ask(seated))

    def give(data: Fields, seated: Seated) -> dict[str, Any]:
        wanted = Wanted(
            vote=data.id("vote", "v"),
            person=seated.person,
            device=seated.device,
            blinded=bytes.fromhex(data.hex("blinded", size=MODULUS_BYTES)),
            relay=data.hex("relay", size=KEY_BYTES),
        )
        data.end()
        return secret.give(seated.meeting, wanted, key=seated.key, now=seated.now)

    acts: dict[str, SeatAct] = {
        "vote_begin": begin,
        "vote_cast": cast,
        "vote_close": close,
        "vote_go_on": go_on,
        "ballot_ask": give,
    }
    return acts | {kind: _step(voting, way) for kind, way in _STEPS.items()}


def together(voting: VotingService, rooms: Rooms) -> dict[str, ActTogether]:
    """By kind of act what is performed for many with one commit."""

    def cast(meeting: MeetingId, acts: Sequence[tuple[Fields, Seated]]) -> Sequence[dict[str, Any] | None]:
        read = read_each(acts, lambda data, seated: Sent(_ballot(data, seated, rooms), seated.key, seated.now))
        done = iter(voting.casting.cast_all(meeting, [one for one in read if one is not None]))
        return [None if one is None else next(done) for one in read]

    return {"vote_cast": cast}


def _ballot(data: Fields, seated: Seated, rooms: Rooms) -> Cast:
    """An open ballot says its vote and answer, perhaps whose it is (W107), a signed one in what was signed (W68)."""
    nonce = data.hex("nonce", size=NONCE_BYTES)
    if not data.has("statement"):
        person = data.id("for", "u") if data.has("for") else seated.person
        ballot = Cast(data.id("vote", "v"), person, data.text("answer", limit=SAID_LIMIT), nonce, by=seated.person)
        data.end()
        return ballot
    signed = SignedStatement.read(data)
    said = Statement.read(signed.statement)
    if said.kind != VOTE:
        raise StatementKindUnknown(kind=said.kind)
    place = Place(seated.device, seated.seat, rooms.seat(seated.seat).label)
    chosen = said.body["ballot"], seated.person, said.body["answer"]
    return Cast(*chosen, nonce, SignedBallot(signed, place))


def _step(voting: VotingService, change: VoteChange) -> SeatAct:
    def stepped(data: Fields, seated: Seated) -> dict[str, Any]:
        vote = data.id("vote", "v")
        data.end()
        return voting.step(seated.meeting, vote, change, ask=_ask(seated))

    return stepped


def _ask(seated: Seated) -> Ask:
    return Ask(By(seated.person), f"person:{seated.person}", seated.key, seated.now)
