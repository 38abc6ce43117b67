"""Use cases of votes: prepare, open, pause, close, announce; cast; the bundle.

Rules V3–V5, W67: a ballot is committed before it is acknowledged, and the acknowledgement names the commitment that the
log and the published bundle hold. While a vote runs the log holds commitments only. The closing reads the ballots under
the meeting's lock, so it publishes every ballot that was acknowledged and no other.

Usage::

    voting.step(meeting, vote, VoteChange.OPEN, ask=Ask(by, "person:u-…", key, now))
    voting.cast(meeting, Cast("v-…", "u-…", answer="for", nonce="00…"), key=key, now=now)   # {"vote", "commitment", …}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from server.idempotency.ports import ActLedger, ActTaken, DoneAct
from server.idempotency.service import ActKey, answered
from server.meetings.commands import By
from server.meetings.logbook import Decide, Look
from server.meetings.model import Draft, Log
from server.meetings.ports import Also
from server.meetings.service import MeetingService
from server.statements.model import must_say
from server.statements.service import StatementService, Verified
from server.unit import Transaction, UnitOfWork
from server.voting import errors, model
from server.voting.model import NewVote, StoredBallot
from server.voting.ports import BallotStore, BallotTaken, Recorder, Timer
from server.voting.secret import model as secret_model
from server.voting.secret.keys import TokenKey
from server.voting.secret.model import NextCall
from server.voting.secret.ports import GivenBallot
from server.voting.secret.service import SecretVotes
from wire import ids
from wire.ballot_statement import vote_statement
from wire.ballots import commitment
from wire.bundle import bundle_of
from wire.declare import Maker
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.statement import Place, SignedStatement, Statement
from wire.votes import COUNTED, RUNNING, VoteChange, VoteKind, VoteState

_TRIES: Final = 3
_LONG_OVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
_GIVING: Final = frozenset({VoteState.OPEN, VoteState.PAUSED})
_OVER: Final = frozenset({VoteState.CLOSED, VoteState.WITHDRAWN})


class UrnPort(Protocol):
    """Carries collections (``server/voting/secret/urn.py``)."""

    def next_call(self, vote: str, given: Sequence[GivenBallot]) -> NextCall:
        """What the first run is called with."""
        ...

    def go_on(self, vote: str, run: int) -> None:
        """In this run wait no longer for who is missing; raises TooFewHandedIn, NoMoreRuns."""
        ...


@dataclass(frozen=True, slots=True)
class SecretDesk:
    """What secret votes are made of."""

    votes: SecretVotes
    urn: UrnPort


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, as what the log calls them, under which idempotency key, when."""

    by: By
    actor: str
    key: ActKey
    now: dt.datetime


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


@dataclass(frozen=True, slots=True)
class Clocked:
    """A vote that runs by the clock, and when that ends."""

    meeting: MeetingId
    vote: str
    ends_at: dt.datetime


class VotingService:
    """All votes of all meetings."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: BallotStore,
        *,
        meetings: MeetingService,
        ledger: ActLedger,
        statements: StatementService,
        random: Callable[[int], bytes],
        secret: SecretDesk | None = None,
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._meetings: Final = meetings
        self._ledger: Final = ledger
        self._statements: Final = statements
        self._random: Final = random
        self._secret: Final = secret
        #: told of every stored ballot
        self.recorders: Final[list[Recorder]] = []
        #: told when a vote may have begun or ended to run
        self.timers: Final[list[Timer]] = []

    def prepare(self, meeting: MeetingId, new: NewVote, *, vote: str | None, ask: Ask) -> dict[str, Any]:
        """Write a vote down, or one that is not open yet anew; gives ``{seq, vote}``."""
        name = vote or ids.new("v", self._random(ids.RANDOM_BYTES))

        def decide(log: Log) -> Sequence[Draft]:
            if vote is not None:
                model.known(log.state, vote)
            return model.prepare(log.state, name, new, by=ask.by)

        return self._change(meeting, name, decide=decide, ask=ask)

    def step(self, meeting: MeetingId, vote: str, change: VoteChange, *, ask: Ask, reason: str = "") -> dict[str, Any]:
        """Open, pause, resume, announce or withdraw it; gives ``{seq, vote}``."""
        is_secret = model.known(self._meetings.state(meeting), vote).kind is VoteKind.SECRET
        key = TokenKey.generate() if change is VoteChange.OPEN and is_secret else None

        def decide(log: Log) -> Sequence[Draft]:
            if change is VoteChange.OPEN:
                return model.open_vote(log.state, vote, ask.by, token_key="" if key is None else key.public)
            return model.move(log.state, vote, change, by=ask.by, reason=reason)

        return self._change(meeting, vote, decide=decide, ask=ask, token_key=key)

    def close(
        self, meeting: MeetingId, vote: str, *, ask: Ask, hands: tuple[tuple[str, int], ...] = ()
    ) -> dict[str, Any]:
        """Close it and publish its ballots, or the hands that were counted; gives ``{seq, vote}``.

        Of a secret vote this calls the collection (V8); once more changes nothing.
        """
        if model.known(self._meetings.state(meeting), vote).kind is VoteKind.SECRET:
            return self._collect(meeting, vote, ask)
        stored: list[StoredBallot] = []

        def look(tx: Transaction) -> None:
            # The meeting is held alone here: what is read now is every ballot there will ever be.
            stored[:] = self._store.of_vote(tx, vote)

        def decide(log: Log) -> Sequence[Draft]:
            return model.close(log.state, vote, ask.by, stored=stored, hands=hands)

        return self._change(meeting, vote, decide=decide, ask=ask, look=look)

    def _collect(self, meeting: MeetingId, vote: str, ask: Ask) -> dict[str, Any]:
        desk, given = self._desk(), list[GivenBallot]()

        def look(tx: Transaction) -> None:
            given[:] = desk.votes.given(tx, vote)

        def decide(log: Log) -> Sequence[Draft]:
            if model.must_collect(log.state, vote, ask.by).state is VoteState.COLLECTING:
                return ()
            return secret_model.begin(model.known(log.state, vote), given, desk.urn.next_call(vote, given))

        return self._change(meeting, vote, decide=decide, ask=ask, look=look)

    def go_on(self, meeting: MeetingId, vote: str, *, run: int, ask: Ask) -> dict[str, Any]:
        """Collect without who is missing, in this run alone (W78); gives ``{seq, vote}``. Of another run: nothing.

        Raises NoSuchVote, VoteStateNotAllowed, TooFewHandedIn, NoMoreRuns.
        """

        def decide(log: Log) -> Sequence[Draft]:
            found = model.must_collect(log.state, vote, ask.by)
            if found.state is not VoteState.COLLECTING:
                raise errors.VoteStateNotAllowed(state=found.state.value)
            if found.call is not None and found.call.run == run:
                self._desk().urn.go_on(vote, run)
            return ()

        return self._change(meeting, vote, decide=decide, ask=ask)

    def _desk(self) -> SecretDesk:
        if self._secret is None:
            raise errors.NotASecretVote
        return self._secret

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

    def declared(self, meeting: MeetingId, vote: str, maker: Maker, *, answer: str) -> Statement:
        """What the token of ``maker`` has to sign for a ballot in a named vote.

        Raises NoSuchVote, NoSuchAnswer, NotOnTheRoll, NotPresentAtOpening, VoteNotOpen, SignatureNotAsked.
        """
        state = self._meetings.state(meeting)
        found = model.must_vote(state, vote, maker.person, answer=answer)
        if found.kind is not VoteKind.NAMED:
            raise errors.SignatureNotAsked
        return vote_statement(state, maker, vote=vote, answer=answer)

    def record(self, meeting: MeetingId, vote: str, *, now: dt.datetime) -> None:
        """Write the commitments of stored ballots to the log, if any are missing there."""
        stored: list[StoredBallot] = []
        given: list[GivenBallot] = []

        def look(tx: Transaction) -> None:
            stored[:] = self._store.of_vote(tx, vote, unrecorded=True)
            given[:] = [] if self._secret is None else self._secret.votes.given(tx, vote)

        def decide(log: Log) -> Sequence[Draft]:
            found = model.known(log.state, vote)
            if found.kind is VoteKind.SECRET:
                return secret_model.record(found, given) if found.state in _GIVING else ()
            return model.record(found, stored) if found.state in RUNNING else ()

        def mark(tx: Transaction, _state: MeetingState) -> None:
            self._store.mark_recorded(tx, vote, frozenset(each.person for each in stored))

        self._meetings.change(meeting, actor="system", now=now, decide=decide, also=mark, look=look)

    def clocked(self) -> list[Clocked]:
        """Every open vote that its clock will close, or should have closed."""
        with self._unit.read() as tx:
            running = self._store.open_ones(tx)
        return [one for meeting, vote in running if (one := self._clocked(meeting, vote)) is not None]

    def _clocked(self, meeting: MeetingId, vote: str) -> Clocked | None:
        try:
            found = model.known(self._meetings.state(meeting), vote)
        except Exception:  # noqa: BLE001 - one meeting that cannot be read stops no other vote's clock
            # Due at every look: to close it is tried, and why that fails is logged there.
            return Clocked(meeting, vote, _LONG_OVER)
        return Clocked(meeting, vote, found.ends_at) if found.ends_at and found.is_clocked else None

    def close_by_clock(self, meeting: MeetingId, vote: str, *, now: dt.datetime) -> None:
        """Close a vote whose clock has run out; nothing when it has not, or somebody was faster (W85)."""
        stored: list[StoredBallot] = []

        def look(tx: Transaction) -> None:
            stored[:] = self._store.of_vote(tx, vote)

        def decide(log: Log) -> Sequence[Draft]:
            return model.close_by_clock(log.state, vote, stored=stored, now=now)

        keep = self._keeper(meeting, vote)
        self._meetings.change(meeting, actor="system", now=now, decide=decide, also=keep, look=look)

    def unrecorded(self) -> list[tuple[MeetingId, str]]:
        """Meetings and votes with ballots whose commitments are not in the log (after a crash)."""
        with self._unit.read() as tx:
            secret = [] if self._secret is None else self._secret.votes.unrecorded(tx)
            return [*self._store.unrecorded(tx), *secret]

    def must_know(self, meeting: MeetingId, vote: str) -> None:
        """Raise NoSuchVote unless it is a vote of this meeting."""
        model.known(self._meetings.state(meeting), vote)

    def bundle(self, meeting: MeetingId, vote: str) -> dict[str, Any]:
        """Everything an independent count needs (V10, W69); raises NoSuchVote, VoteNotCounted."""
        found = model.known(self._meetings.state(meeting), vote)
        if found.state not in COUNTED:
            raise errors.VoteNotCounted(state=found.state.value)
        signed = {each.statement for each in found.ballots if each.statement}
        kept = [one for one in self._statements.of_meeting(meeting) if one.sha256 in signed] if signed else []
        statements = {one.person: (one.statement, one.cms) for one in kept}
        title = self._meetings.state(meeting).title
        return bundle_of(found, self._meetings.events(meeting), title=title, statements=statements)

    def _change(
        self,
        meeting: MeetingId,
        vote: str,
        *,
        decide: Decide,
        ask: Ask,
        look: Look | None = None,
        token_key: TokenKey | None = None,
    ) -> dict[str, Any]:
        keep = self._keeper(meeting, vote, token_key)
        done = self._meetings.change(
            meeting, actor=ask.actor, now=ask.now, decide=decide, key=ask.key, also=keep, look=look
        )
        for timer in self.timers:
            timer.look()
        return done

    def _keeper(self, meeting: MeetingId, vote: str, token_key: TokenKey | None = None) -> Also:
        def keep(tx: Transaction, state: MeetingState) -> dict[str, Any]:
            # A vote is prepared under a name made anew at each try; the answer says which it became.
            self._store.set_state(tx, meeting, vote, state=model.known(state, vote).state)
            found = model.known(state, vote)
            if token_key is not None:
                self._desk().votes.keep_key(tx, vote, token_key)
            if found.kind is VoteKind.SECRET and found.state in _OVER:
                self._desk().votes.over(tx, vote)
            self._store.mark_recorded(tx, vote, frozenset(each.person for each in found.taken))
            signed = [each.statement for each in found.ballots if each.statement]
            if signed:
                self._statements.publish(tx, signed, seq=state.seq)
            return {"vote": vote}

        return keep

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
            answer = {"vote": ballot.vote, "commitment": ballot.commitment, "at": print_instant(now)}
            self._ledger.add(tx, DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, now, meeting))
        for recorder in self.recorders:
            recorder.wake(meeting, ballot.vote)
        return answer


def _ballot(meeting: MeetingId, cast: Cast, statement: str) -> StoredBallot:
    promise = commitment(meeting, cast.vote, cast.person, answer=cast.answer, nonce=cast.nonce, statement=statement)
    return StoredBallot(cast.vote, cast.person, cast.answer, cast.nonce, promise, statement)
