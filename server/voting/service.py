"""Use cases of votes: prepare, open, pause, close, announce; the bundle. How ballots come in: ``casting.py``.

Rules V3–V5: while a vote runs the log holds commitments only. The closing reads the ballots under
the meeting's lock, so it publishes every ballot that was acknowledged and no other.

Usage::

    voting.step(meeting, vote, VoteChange.OPEN, ask=Ask(by, "person:u-…", key, now))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey
from server.meetings.commands import By
from server.meetings.logbook import Decide, Look
from server.meetings.model import Draft, Log
from server.meetings.ports import Also
from server.meetings.service import MeetingService
from server.statements.service import StatementService
from server.unit import Transaction, UnitOfWork
from server.voting import errors, model
from server.voting.casting import Cast, Casting
from server.voting.model import NewVote, StoredBallot
from server.voting.ports import BallotStore, Timer
from server.voting.ready import Asked, Readiness, Sights, readiness
from server.voting.secret import model as secret_model
from server.voting.secret.keys import TokenKey
from server.voting.secret.model import NextCall
from server.voting.secret.ports import GivenBallot
from server.voting.secret.service import SecretVotes
from wire import ids
from wire.ballot_statement import vote_statement
from wire.bundle import bundle_of
from wire.declare import Maker
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.statement import Statement
from wire.votes import COUNTED, RUNNING, VoteChange, VoteKind, VoteState

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
        self._statements: Final = statements
        self._random: Final = random
        self._secret: Final = secret
        self.casting: Final = Casting(unit, store, meetings=meetings, ledger=ledger, statements=statements)
        #: told when a vote may have begun or ended to run
        self.timers: Final[list[Timer]] = []
        #: where people are, plugged in when there are screens
        self.sights: Callable[[MeetingId], Sights] = lambda _meeting: Sights()

    def prepare(self, meeting: MeetingId, new: NewVote, *, vote: str | None, ask: Ask) -> dict[str, Any]:
        """Write a vote down, or one that is not open yet anew; gives ``{seq, vote}``."""
        name = vote or ids.new("v", self._random(ids.RANDOM_BYTES))

        def decide(log: Log) -> Sequence[Draft]:
            if vote is not None:
                model.known(log.state, vote)
            return model.prepare(log.state, name, new, by=ask.by)

        return self._change(meeting, name, decide=decide, ask=ask)

    def begin(self, meeting: MeetingId, new: NewVote, *, seen: int, ask: Ask) -> dict[str, Any]:
        """Write a vote down and open it, both or neither; gives ``{seq, vote}``.

        ``seen``: how many votes whoever begins it knew of. A request that waited at a seat without a network opens
        nothing behind everybody's back. Raises VotesMovedOn, and what :meth:`prepare` and :meth:`step` raise.
        """
        name = ids.new("v", self._random(ids.RANDOM_BYTES))
        key = TokenKey.generate() if new.kind is VoteKind.SECRET else None

        def decide(log: Log) -> Sequence[Draft]:
            written = model.prepare(log.state, name, new, by=ask.by)
            if len(log.state.votes) != seen:
                raise errors.VotesMovedOn
            then = log.grown(log.events_of(written, actor=ask.actor, now=ask.now)).state
            return *written, *model.open_vote(then, name, ask.by, token_key="" if key is None else key.public)

        return self._change(meeting, name, decide=decide, ask=ask, token_key=key)

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
        """Store a ballot; see :meth:`Casting.cast`."""
        return self.casting.cast(meeting, cast, key=key, now=now)

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

    def ready(self, meeting: MeetingId, asked: Asked, by: By, *, vote: str | None = None) -> Readiness:
        """Who could cast a ballot if this were opened now (W114); of a vote that is written down as it stands there.

        Raises NoSuchVote.
        """
        state = self._meetings.state(meeting)
        if vote is not None:
            found = model.known(state, vote)
            asked = Asked(found.kind, found.item, found.proxies)
        return readiness(state, asked, self.sights(meeting), by)

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
