"""Use cases of secret votes: make the key, give a ballot, call a collection, publish it (V8, W76–W80).

Rules: a ballot is given by name, in one transaction with the act; asking again for the same one gives the same
signature, so that a seat which did not hear the answer asks again. No ballot is in this server before the urn opens
it, and then it is written once, with all others.

Usage::

    secret.give(meeting, Wanted("v-…", "u-…", "d-…", blinded, relay), key=key, now=now)     # {"vote", "signed"}
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sealing.boxes import seal
from sealing.errors import BadKey
from server.idempotency.ports import ActLedger, ActTaken, DoneAct
from server.idempotency.service import ActKey, answered
from server.meetings.model import Draft, Log
from server.meetings.service import MeetingService
from server.unit import Transaction, UnitOfWork
from server.voting import errors
from server.voting import model as votes
from server.voting.ports import BallotStore, Recorder
from server.voting.secret import model
from server.voting.secret.keys import TokenKey
from server.voting.secret.ports import BallotGiven, GivenBallot, SecretStore
from wire.ids import MeetingId
from wire.secret import Secret
from wire.secret_ballots import SecretBallot
from wire.state import MeetingState
from wire.votes import Awaited, Vote, VoteState

_TRIES: Final = 3


class Master(Protocol):
    """Wraps what lies in the database."""

    def wrap(self, key: Secret) -> bytes:
        """For the database."""
        ...

    def unwrap(self, wrapped: bytes) -> Secret:
        """The key again."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ballot that somebody asks for at a seat. ``relay``: hexadecimal."""

    vote: str
    person: str
    device: str
    blinded: bytes = field(repr=False)
    relay: str

    @property
    def given(self) -> GivenBallot:
        """The line it makes."""
        return GivenBallot(self.person, self.device, hashlib.sha256(self.blinded).hexdigest(), self.relay)


class SecretVotes:
    """All secret votes of all meetings."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: SecretStore,
        *,
        ballots: BallotStore,
        meetings: MeetingService,
        ledger: ActLedger,
        master: Master,
        random: Callable[[int], bytes],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._ballots: Final = ballots
        self._meetings: Final = meetings
        self._ledger: Final = ledger
        self._master: Final = master
        self._random: Final = random
        #: held from the look at the relays' keys to the commit: one server gives ballots
        self._giving: Final = threading.Lock()
        #: told of every ballot that was given
        self.recorders: Final[list[Recorder]] = []

    def keep_key(self, tx: Transaction, vote: str, key: TokenKey) -> None:
        """With the event of the opening."""
        self._store.keep_key(tx, vote, self._master.wrap(key.to_secret()))

    def over(self, tx: Transaction, vote: str) -> None:
        """Published or withdrawn: nothing more is signed."""
        self._store.drop_key(tx, vote)

    def given(self, tx: Transaction, vote: str) -> list[GivenBallot]:
        """Who was given a ballot."""
        return self._store.given(tx, vote)

    def unrecorded(self, tx: Transaction) -> list[tuple[MeetingId, str]]:
        """Votes whose lines the log may lack (after a crash)."""
        return self._store.unrecorded(tx)

    def collecting(self) -> list[tuple[MeetingId, str]]:
        """Votes whose collection was called and not finished."""
        with self._unit.read() as tx:
            return self._store.collecting(tx)

    def vote(self, meeting: MeetingId, vote: str) -> Vote:
        """As the log has it; raises NoSuchVote."""
        return votes.known(self._meetings.state(meeting), vote)

    def give(self, meeting: MeetingId, wanted: Wanted, *, key: ActKey, now: dt.datetime) -> dict[str, Any]:
        """Sign blind for somebody who may vote, once; gives ``{vote, signed}``.

        Raises NoSuchVote, NotASecretVote, NotOnTheRoll, NotPresentAtOpening, VoteNotOpen, AlreadyVoted, BadField,
        RelayKeyUnusable, RelayKeyTaken.
        """
        vote = votes.must_be_on_the_roll(self._meetings.state(meeting), wanted.vote, wanted.person)
        model.must_be_secret(vote)
        _must_seal(wanted.relay)
        for _ in range(_TRIES):
            with self._unit.read() as tx:
                done = answered(self._ledger, tx, key)
            if done is not None:
                return done
            try:
                return self._give(meeting, wanted, key=key, now=now)
            except (BallotGiven, ActTaken):
                continue  # somebody was faster: perhaps this very act on another thread
        raise errors.AlreadyVoted

    def _give(self, meeting: MeetingId, wanted: Wanted, *, key: ActKey, now: dt.datetime) -> dict[str, Any]:
        signer = self._signer(wanted.vote)
        signed = signer.sign(wanted.blinded, random=self._random)
        with self._giving, self._unit.begin() as tx:
            state = self._ballots.hold_open(tx, meeting, wanted.vote)
            if state is not VoteState.OPEN:
                raise errors.VoteNotOpen(state="" if state is None else state.value)
            known = self._store.find(tx, wanted.vote, wanted.person)
            if known is not None and known != wanted.given:
                raise errors.AlreadyVoted
            if known is None:
                model.must_be_free(wanted.given, self._store.given(tx, wanted.vote))
                self._store.give(tx, wanted.vote, wanted.given)
            answer = {"vote": wanted.vote, "signed": signed.hex()}
            self._ledger.add(tx, DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, now, meeting))
        for recorder in self.recorders:
            recorder.wake(meeting, wanted.vote)
        return answer

    def _signer(self, vote: str) -> TokenKey:
        with self._unit.read() as tx:
            wrapped = self._store.key(tx, vote)
        if wrapped is None:
            raise errors.VoteNotOpen(state=VoteState.CLOSED.value)
        return TokenKey.from_secret(self._master.unwrap(wrapped))

    def call_again(
        self,
        meeting: MeetingId,
        vote: str,
        call: Callable[[Sequence[GivenBallot]], model.NextCall],
        *,
        now: dt.datetime,
    ) -> None:
        """Another run of a collection that goes on; none when it does not."""
        given: list[GivenBallot] = []

        def look(tx: Transaction) -> None:
            given[:] = self._store.given(tx, vote)

        def decide(log: Log) -> Sequence[Draft]:
            found = votes.known(log.state, vote)
            return (model.called(found, call(given)),) if found.state is VoteState.COLLECTING else ()

        self._meetings.change(meeting, actor="system", now=now, decide=decide, look=look)

    def wait(self, meeting: MeetingId, vote: str, awaited: Awaited, *, run: int, now: dt.datetime) -> None:
        """Say in the log what this run waits for, unless that stands there, or another run goes on (W104)."""

        def decide(log: Log) -> Sequence[Draft]:
            return model.awaited(votes.known(log.state, vote), awaited, run=run)

        self._meetings.change(meeting, actor="system", now=now, decide=decide)

    def publish(
        self, meeting: MeetingId, vote: str, ballots: Sequence[SecretBallot], *, run: int, now: dt.datetime
    ) -> None:
        """Close the vote with the ballots of a run, unless another run was called or it is over."""

        def decide(log: Log) -> Sequence[Draft]:
            found = votes.known(log.state, vote)
            is_this = found.state is VoteState.COLLECTING and found.call is not None and found.call.run == run
            return (model.published(vote, ballots),) if is_this else ()

        def keep(tx: Transaction, state: MeetingState) -> None:
            found = votes.known(state, vote)
            self._ballots.set_state(tx, meeting, vote, state=found.state)
            if found.state is VoteState.CLOSED:
                self.over(tx, vote)

        self._meetings.change(meeting, actor="system", now=now, decide=decide, also=keep)


def _must_seal(relay: str) -> None:
    """Raise unless one can seal to the key: with another every honest seat would stand still."""
    try:
        seal(b"", to=bytes.fromhex(relay), info=b"")
    except (BadKey, ValueError) as exc:
        raise errors.RelayKeyUnusable from exc
