"""How ballots come in, one or many at a time.

Rules V4, W67, W68: a ballot is committed before it is acknowledged, and the acknowledgement names the commitment that
the log and the published bundle hold. Those that come at the same moment share a commit; who may cast is asked of each,
the table keeps one ballot a voter, and a ballot that is anything but plain is left to come in alone.

Usage::

    casting.cast(meeting, Cast("v-…", "u-…", answer="for", nonce="00…"), key=key, now=now)   # {"vote", "commitment", …}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from server.errors import ServerError, Unavailable
from server.idempotency.ports import ActLedger, ActTaken, DoneAct
from server.idempotency.service import ActKey, answered
from server.meetings.service import MeetingService
from server.statements.model import must_say
from server.statements.service import StatementService, Verified
from server.unit import UnitOfWork
from server.voting import errors, model
from server.voting.model import StoredBallot
from server.voting.ports import BallotStore, BallotTaken, Recorder
from wire.ballot_statement import vote_statement
from wire.ballots import commitment
from wire.declare import Maker
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.statement import Place, SignedStatement
from wire.votes import VoteKind, VoteState

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class SignedBallot:
    """What the voter's token has signed, and where (None: at a console)."""

    statement: SignedStatement
    place: Place | None


@dataclass(frozen=True, slots=True)
class Cast:
    """A ballot as it comes from a voter."""

    vote: str
    person: str
    answer: str
    nonce: str
    signed: SignedBallot | None = None
    #: who casts it, where that is not the voter: their proxy (W107)
    by: str | None = None


class Sent(NamedTuple):
    """A ballot, and the act that brought it."""

    cast: Cast
    key: ActKey
    now: dt.datetime


class Casting:
    """All ballots of open and named votes."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: BallotStore,
        *,
        meetings: MeetingService,
        ledger: ActLedger,
        statements: StatementService,
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._meetings: Final = meetings
        self._ledger: Final = ledger
        self._statements: Final = statements
        #: told of every stored ballot
        self.recorders: Final[list[Recorder]] = []

    def cast(self, meeting: MeetingId, cast: Cast, *, key: ActKey, now: dt.datetime) -> dict[str, Any]:
        """Store a ballot; gives ``{vote, commitment, at}``. The same act again gives the same.

        Raises NoSuchVote, NoSuchAnswer, NotOnTheRoll, NotPresentAtOpening, VoteNotOpen, AlreadyVoted, ActReused.
        """
        for _ in range(_TRIES):
            with self._unit.read() as tx:
                done = answered(self._ledger, tx, key)
            if done is not None:
                return done
            found = self._checked(meeting, cast, now=now)
            try:
                return self._store_ballot(meeting, cast, found, key=key, now=now)
            except (BallotTaken, ActTaken):
                continue  # somebody was faster: perhaps this very act on another thread
        raise errors.AlreadyVoted

    def cast_all(self, meeting: MeetingId, sent: Sequence[Sent]) -> list[dict[str, Any] | None]:
        """Store many with one commit; their answers, None for each that is left to :meth:`cast`.

        Left are signed ballots, refused ones, second ones of a voter, and all when somebody else was faster.
        Raises Unavailable.
        """
        plain = self._plain(meeting, sent)
        try:
            done = self._store_all(meeting, plain)
        except (BallotTaken, ActTaken):
            return [None] * len(sent)
        self._wake(meeting, {ballot.vote for ballot, one in plain.values() if one.key.act in done})
        return [done.get(one.key.act) for one in sent]

    def _plain(self, meeting: MeetingId, sent: Sequence[Sent]) -> dict[tuple[str, str], tuple[StoredBallot, Sent]]:
        """The first ballot of each voter that needs no more than the meeting's state to be judged."""
        plain: dict[tuple[str, str], tuple[StoredBallot, Sent]] = {}
        for one in sent:
            voter = one.cast.vote, one.cast.person
            if voter in plain or one.cast.signed is not None:
                continue
            try:
                self._checked(meeting, one.cast, now=one.now)
            except Unavailable:
                raise
            except ServerError:
                continue
            plain[voter] = _ballot(meeting, one.cast, ""), one
        return plain

    def _store_all(
        self, meeting: MeetingId, plain: dict[tuple[str, str], tuple[StoredBallot, Sent]]
    ) -> dict[str, dict[str, Any]]:
        """By act the answers of those that are stored: the vote is open, and there was none of this voter."""
        if not plain:
            return {}
        with self._unit.begin() as tx:
            open_ones, voted = set[str](), set[tuple[str, str]]()
            for vote in sorted({vote for vote, _ in plain}):
                if self._store.hold_open(tx, meeting, vote) is VoteState.OPEN:
                    open_ones.add(vote)
                    people = [person for of, person in plain if of == vote]
                    voted |= {(vote, person) for person in self._store.voted(tx, vote, people)}
            taken = [found for voter, found in plain.items() if voter[0] in open_ones and voter not in voted]
            answers = {one.key.act: _answer(ballot, one.now) for ballot, one in taken}
            if taken:
                self._store.add_all(tx, [(ballot, one.now) for ballot, one in taken])
                self._ledger.add_all(tx, [_done(one, answers[one.key.act], meeting) for _, one in taken])
        return answers

    def _checked(self, meeting: MeetingId, cast: Cast, *, now: dt.datetime) -> Verified | None:
        """What the voter signed, in a named vote; raises unless the person may cast this ballot (W68)."""
        state = self._meetings.state(meeting)
        vote = model.must_vote(state, cast.vote, cast.person, answer=cast.answer, by=cast.by)
        signed = cast.signed
        if (signed is not None) != (vote.kind is VoteKind.NAMED):
            raise errors.SignatureMissing if signed is None else errors.SignatureNotAsked
        if signed is None:
            return None
        found = self._statements.verify(signed.statement, person=cast.person, now=now)
        self._statements.must_be_bound(meeting, found, now=now)
        maker = Maker(cast.person, signed.place, found.said.made_at)
        must_say(found.said, vote_statement(state, maker, vote=cast.vote, answer=cast.answer))
        return found

    def _store_ballot(
        self, meeting: MeetingId, cast: Cast, found: Verified | None, *, key: ActKey, now: dt.datetime
    ) -> dict[str, Any]:
        ballot = _ballot(meeting, cast, "" if found is None else found.sha256)
        with self._unit.begin() as tx:
            state = self._store.hold_open(tx, meeting, ballot.vote)
            if state is not VoteState.OPEN:
                raise errors.VoteNotOpen(state="" if state is None else state.value)
            known = self._store.find(tx, ballot.vote, ballot.person)
            if known is not None and answered(self._ledger, tx, key) is None:
                raise errors.AlreadyVoted
            if known is not None:
                raise ActTaken(key.act)
            self._store.add(tx, ballot, now)
            if found is not None:
                self._statements.hold(tx, found, now=now)
            answer = _answer(ballot, now)
            self._ledger.add(tx, _done(Sent(cast, key, now), answer, meeting))
        self._wake(meeting, {ballot.vote})
        return answer

    def _wake(self, meeting: MeetingId, votes: Collection[str]) -> None:
        for vote in votes:
            for recorder in self.recorders:
                recorder.wake(meeting, vote)


def _answer(ballot: StoredBallot, now: dt.datetime) -> dict[str, Any]:
    return {"vote": ballot.vote, "commitment": ballot.commitment, "at": print_instant(now)}


def _done(sent: Sent, answer: dict[str, Any], meeting: MeetingId) -> DoneAct:
    key = sent.key
    return DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, sent.now, meeting)


def _ballot(meeting: MeetingId, cast: Cast, statement: str) -> StoredBallot:
    promise = commitment(meeting, cast.vote, cast.person, answer=cast.answer, nonce=cast.nonce, statement=statement)
    return StoredBallot(cast.vote, cast.person, cast.answer, cast.nonce, promise, statement)
