"""A secret vote between the real service with its urn and the real ballot books of seats, without broker and clocks.

Usage::

    room = SecretRoom(database, voters=7)
    room.ask(0, "for"); room.record(); room.call(); room.drop(0); room.settle()
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from edge.vault.ballots import BallotBook, HeldBallot, HeldVote
from edge.vault.seal import Sealer
from sealing.boxes import BoxKey
from server.db.engine import Database
from server.idempotency.service import ActKey
from server.idempotency.store import SqlActLedger
from server.meetings.commands import By
from server.meetings.logbook import Logbook
from server.meetings.model import Draft
from server.meetings.service import MeetingService, Outside
from server.meetings.store import SqlMeetingStore
from server.record.service import Recorder
from server.record.store import SqlRecordStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.slots import Slots
from server.statements.service import StatementService
from server.voting.secret.keys import TokenKey
from server.voting.secret.service import SecretVotes, Wanted
from server.voting.secret.store import SqlSecretStore
from server.voting.secret.urn import Urn
from server.voting.service import Ask, SecretDesk, VotingService
from server.voting.store import SqlBallotStore
from tests.support.fake_disk import FakeDisk
from tests.support.meeting_log import described, item, member, named
from tests.support.office import START, HandClock
from tests.support.secret_votes import chance, token_key
from tests.support.votes import prepared, roll
from wire.ids import MeetingId
from wire.messages import Drop, Head, Message, Mix, Mixed
from wire.secret import Secret
from wire.state import MeetingState
from wire.votes import Vote, VoteState

CHAIR = named("u", "chair")


class _Master:
    """Wraps nothing: what lies in the database is no subject here."""

    def wrap(self, key: Secret) -> bytes:
        return key.reveal()

    def unwrap(self, wrapped: bytes) -> Secret:
        return Secret(wrapped)


@dataclass
class Terminal:
    """One seat: its book, and whether it is connected."""

    name: str
    disk: FakeDisk = field(default_factory=FakeDisk)
    online: bool = True

    def __post_init__(self) -> None:
        self.restart()

    @property
    def device(self) -> str:
        return named("d", self.name)

    @property
    def person(self) -> str:
        return named("u", self.name)

    def restart(self) -> None:
        """As after ``kill -9``: what is not on the disk is gone."""
        self.book = BallotBook.load(self.disk, Sealer(Secret(chance(f"store {self.name}", 32))))


def _private_key() -> TokenKey:
    """The cached key of the tests as the server keeps one: from modulus and exponent back to its primes."""
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - of no use to anything else

    modulus, private = token_key()
    return TokenKey(*rsa.rsa_recover_prime_factors(modulus, 65_537, private))


class SecretRoom:
    """The vote, its server, its seats. What the server says goes through ``say``; ``told`` remembers all of it."""

    def __init__(self, database: Database, *, voters: int = 5, word: str = "room") -> None:
        self.database, self.word = database, word
        self.clock = HandClock()
        self.meeting = MeetingId(named("m", word))
        self.vote = named("v", word)
        self.seats = [Terminal(f"{word}{number}") for number in range(voters)]
        self.told: list[tuple[str, Message]] = []
        self._serial = itertools.count(1)
        self.key = _private_key()
        #: so many boxes the relays lose
        self.loses = 0
        #: devices that hand in and mix nothing
        self.mute: set[str] = set()
        self._open()
        self.start()

    def start(self) -> None:
        """The server's parts anew, as after ``kill -9``."""
        self.slots, ledger, store = Slots(), SqlActLedger(), SqlMeetingStore()
        logbook = self._logbook(store, ledger, self.slots)
        nobody: Outside = None  # type: ignore[assignment]  # names and rooms are not asked for here
        self.meetings = MeetingService(self.database, store, logbook=logbook, outside=nobody)
        self.secret = SecretVotes(
            self.database,
            SqlSecretStore(),
            ballots=SqlBallotStore(),
            meetings=self.meetings,
            ledger=ledger,
            master=_Master(),
            random=self._random("server"),
        )
        self.urn = Urn(self.secret, self.clock, random=self._random("urn"), make_key=self._new_key)
        self.urn.line = self
        self.slots.announcers.append(self.urn)
        self.voting = self.voting_of(self.urn)

    def voting_of(self, urn: Urn) -> VotingService:
        """The service of this room's votes, whose collections that urn carries."""
        unsigned: StatementService = None  # type: ignore[assignment]  # statements are not asked for here
        return VotingService(
            self.database,
            SqlBallotStore(),
            meetings=self.meetings,
            ledger=SqlActLedger(),
            statements=unsigned,
            random=self._random("votes"),
            secret=SecretDesk(self.secret, urn),
        )

    def _logbook(self, store: SqlMeetingStore, ledger: SqlActLedger, slots: Slots) -> Logbook:
        record = Recorder(self.database, SqlRecordStore())
        return Logbook(self.database, store, ledger=ledger, announcer=slots, epochs=slots, record=record)

    def _random(self, name: str) -> Callable[[int], bytes]:
        count = itertools.count()
        return lambda size: chance(f"{self.word} {name} {next(count)}", size)

    def _new_key(self) -> BoxKey:
        return BoxKey.from_secret(Secret(chance(f"{self.word} run {next(self._serial)}", 32)))

    def _open(self) -> None:
        slots, store = Slots(), SqlMeetingStore()
        room = Room(named("r", self.word), self.word, ())
        with self.database.begin() as tx:
            SqlRoomStore().add(tx, room, START)
        names = [seat.name for seat in self.seats]
        people = [member("chair", "chair"), *(member(name, "member") for name in names)]
        opened = {"vote": self.vote, "roll": roll(["chair", *names]), "token_key": self.key.public}
        drafts = [
            Draft("meeting_created", {**described(), "room": room.id}),
            Draft("members_set", {"members": people}),
            Draft("agenda_set", {"items": [item("one")]}),
            Draft("meeting_submitted", {}),
            Draft("meeting_approved", {}),
            Draft("meeting_opened", {}),
            Draft("vote_prepared", {**prepared(kind="secret"), "vote": self.vote}),
            Draft("vote_opened", opened),
        ]

        def keep(tx: Any, _state: MeetingState) -> None:
            SqlBallotStore().set_state(tx, self.meeting, self.vote, state=VoteState.OPEN)
            SqlSecretStore().keep_key(tx, self.vote, self.key.to_secret().reveal())

        logbook = self._logbook(store, SqlActLedger(), slots)
        logbook.append(self.meeting, actor="system", now=START, decide=lambda _: drafts, also=keep, creates=True)

    # What is there

    @property
    def state(self) -> MeetingState:
        return self.meetings.state(self.meeting)

    @property
    def found(self) -> Vote:
        vote = self.state.vote(self.vote)
        assert vote is not None
        return vote

    # What people and seats do

    def ask(self, number: int, answer: str, *, act: str = "") -> None:
        """Write a ballot down at a seat, and have it signed."""
        seat = self.seats[number]
        act = act or named("a", f"{self.word} ask {number}")
        random = self._random(f"seat {number}")
        held, ballot = seat.book.make(self.meeting, self.found, seat.person, answer=answer, act=act, random=random)
        seat.book.signed(ballot.act, self.give(held, ballot, person=seat.person, device=seat.device)["signed"])

    def give(self, held: HeldVote, ballot: HeldBallot, *, person: str, device: str) -> dict[str, Any]:
        """The server signs blind."""
        wanted = Wanted(self.vote, person, device, bytes.fromhex(ballot.blinded), held.relay.public.hex())
        key = ActKey(ballot.act, f"person:{person}", "ballot_ask", {"blinded": ballot.blinded})
        return self.secret.give(self.meeting, wanted, key=key, now=START)

    def record(self) -> None:
        """What the pulse does."""
        self.voting.record(self.meeting, self.vote, now=START)

    def call(self, *, act: str = "close") -> dict[str, Any]:
        """The chair closes the vote."""
        key = ActKey(named("a", f"{self.word} {act}"), f"person:{CHAIR}", "close", {"vote": self.vote})
        ask = Ask(By(CHAIR), f"person:{CHAIR}", key, START)
        done = self.voting.close(self.meeting, self.vote, ask=ask)
        self.urn.drain()
        return done

    def go_on(self, *, run: int | None = None, act: str = "go on") -> dict[str, Any]:
        """The chair goes on without who is missing, in the run that goes on or the one that is named."""
        call = self.found.call
        assert call is not None
        wanted = call.run if run is None else run
        content = {"vote": self.vote, "run": wanted}
        key = ActKey(named("a", f"{self.word} {act} {wanted}"), f"person:{CHAIR}", "go_on", content)
        ask = Ask(By(CHAIR), f"person:{CHAIR}", key, START)
        done = self.voting.go_on(self.meeting, self.vote, run=wanted, ask=ask)
        self.urn.drain()
        return done

    def drop(self, *numbers: int, beats: bool = False) -> None:
        """Seats hand in, in this order; with ``beats`` the urn has its turn after each."""
        for number in numbers or range(len(self.seats)):
            seat, call = self.seats[number], self.found.call
            assert call is not None
            boxes = seat.book.boxes(self.found)
            self.urn.heard(seat.device, Drop(self.head(seat), self.meeting, self.vote, call.run, boxes))
            if beats:
                self.settle(beats=1)
        self.urn.drain()

    def settle(self, *, beats: int = 12) -> None:
        """Let the urn go as far as it can without time."""
        for _ in range(beats):
            self.urn.beat()
            self.urn.drain()

    def vote_all(self, answers: Iterable[str]) -> None:
        """Everybody asks, the chair closes, everybody hands in."""
        for number, answer in enumerate(answers):
            self.ask(number, answer)
        self.record()
        self.call()
        self.drop()
        self.settle()

    # The line of the urn

    def say(self, device: str, build: Callable[[Head], Message]) -> None:
        seat = next(each for each in self.seats if each.device == device)
        message = build(self.head(seat))
        self.told.append((device, message))
        if not seat.online or device in self.mute or not isinstance(message, Mix):
            return
        self.before_close = self.found
        inner = seat.book.mix(message, self.found)
        if inner is not None:
            kept = inner[self.loses :]
            mixed = Mixed(self.head(seat), message.meeting, message.vote, message.run, message.layer, kept)
            self.urn.heard(device, mixed)

    def here(self, devices: Collection[str]) -> frozenset[str]:
        return frozenset(seat.device for seat in self.seats if seat.online and seat.device in devices)

    def head(self, seat: Terminal) -> Head:
        return Head(seat.device, bytes(16), 1, dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
