"""Anything may happen to tokens in any order: what must be true of the seat after every single event (I1, I2).

Rules: everything random comes from the seed in the test's name; a seed that fails becomes a test of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from edge.commands import Answer, HidePages, OpenCard, ReleaseCard, SendTokenSignIn, VerifyPinAndSign
from edge.events import (
    CardCame,
    CardFailed,
    CardOpened,
    CardsWatched,
    CardWent,
    ChallengeCame,
    Event,
    LinkDown,
    LinkUp,
    LockAsked,
    PinGiven,
    SignInAsked,
    SignOutAsked,
    Ticked,
    TokenRefused,
    TokenSigned,
    UnlockAsked,
    Welcomed,
)
from edge.model import ReaderState
from edge.showing import reader
from edge.tokens import is_in
from tests.support.meeting_log import MeetingLog, named
from tests.support.playbook import SEAT, Playbook, act_id
from tests.support.token_play import challenge, token
from wire.proof import TokenData

PEOPLE = ("chair", "lan", "secretary")
READERS = ("one", "two")


class Chaos:
    """One seeded seat: its readers, a server that may answer, and whatever else happens."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.log = MeetingLog().prepared()
        self.log.add("meeting_opened")
        self.book = Playbook().enrolled().welcomed(self.log).on(CardsWatched())
        self.counts = dict.fromkeys(READERS, 0)
        self.inside: dict[str, str] = {}
        self.orders: list[Event] = []
        self.asked: set[int] = set()
        self.answered: list[int] = []
        self.given: list[int] = []

    def step(self) -> None:
        """One thing happens, then everything is looked at."""
        happenings: tuple[Callable[[], Event | None], ...] = (
            self.plug, self.plug, self.pull, self.pin, self.pin, self.order, self.order, self.order, self.challenge,
            self.challenge, self.acked, *[self.help] * 12, self.seated, self.service, self.link, self.person,
            self.tick, self.late,
        )  # fmt: skip
        event = self.chance.choice(happenings)()
        if event is not None:
            before = reader(self.book.state)
            self.book.on(event)
            self.look(before)

    # ---------------------------------------------------- happenings

    def help(self) -> Event | None:
        """What has to come next, when all goes well."""
        waiting = self.book.state.signing_in
        if self.orders:
            return self.order()
        if waiting is not None and waiting.token is not None:
            return self.acked() if waiting.token.data is not None else self.challenge()
        return self.pin() if self.inside else self.plug()

    def plug(self) -> Event | None:
        free = [name for name in READERS if name not in self.inside]
        if not free or (self.inside and self.chance.random() < 0.8):
            return None
        name = self.chance.choice(free)
        self.counts[name] += 1
        self.inside[name] = self.chance.choice(PEOPLE)
        return CardCame(name, self.counts[name])

    def pull(self) -> Event | None:
        if not self.inside:
            return None
        name = self.chance.choice(sorted(self.inside))
        del self.inside[name]
        return CardWent(name, self.counts[name])

    def pin(self) -> Event:
        number = len(self.asked) + 1
        self.asked.add(number)
        return PinGiven(number, act_id(number), last_try_ok=self.chance.random() < 0.3)

    def order(self) -> Event | None:
        """What the card does about the oldest order, however late."""
        return self.orders.pop(0) if self.orders else None

    def challenge(self) -> Event | None:
        waiting = self.book.state.signing_in
        if waiting is None:
            return None
        code = "seat-challenge-stale" if self.chance.random() < 0.1 else ""
        return ChallengeCame(challenge(waiting.request, waiting.meeting), code)

    def acked(self) -> Event | None:
        waiting = self.book.state.signing_in
        if waiting is None or waiting.token is None or waiting.token.data is None:
            return None
        who = next(p for p in PEOPLE if token(p).certificate == waiting.token.data.certificate)
        if self.chance.random() < 0.2:
            self.book.acked(waiting.act, "refused", "certificate-revoked", since="2026-01-01")
        else:
            self.book.acked(waiting.act, person=named("u", who), seq=9)
        self.look(None)
        return None

    def seated(self) -> None:
        seat = self.chance.choice((SEAT, named("s", "B7")))
        self.book.told(self.log, ("person_seated", {"person": named("u", self.chance.choice(PEOPLE)), "seat": seat}))
        self.look(None)

    def service(self) -> Event:
        code = self.chance.choice(("", "", "card-service-absent"))
        if code:
            self.inside.clear()
        return CardsWatched(code)

    def link(self) -> Event:
        if self.chance.random() < 0.3:
            return LinkDown()
        self.book.on(LinkUp())
        return Welcomed(self.book.wish(self.log))

    def person(self) -> Event:
        number = 10_000 + len(self.answered)
        return self.chance.choice(
            (
                LockAsked(number),
                UnlockAsked(number),
                SignOutAsked(number, act_id(number)),
                SignInAsked(number, act_id(number), named("u", self.chance.choice(PEOPLE))),
            )
        )

    def tick(self) -> Event:
        self.book.s += self.chance.choice((0.25, 3, 20, 301))
        return Ticked()

    def late(self) -> Event:
        """Something of long ago."""
        name = self.chance.choice(READERS)
        number = self.chance.randint(0, self.counts[name])
        return self.chance.choice(
            (
                CardFailed(name, number, "card-mute"),
                CardOpened(name, number, token("lan")),
                TokenSigned(number, token("lan")),
                TokenRefused(number, "card-pin-wrong"),
            )
        )

    # ---------------------------------------------------- what must be true

    def look(self, before: tuple[str, str] | None) -> None:
        state, commands = self.book.state, self.book.commands
        session = state.session
        if session is not None and session.token and not session.locked:
            assert is_in(state, session.token), "open without its token"
        if before is not None and reader(state) != before:
            assert any(isinstance(each, HidePages) for each in commands), "somebody's pages stay drawn"
        for card in state.cards.by_reader.values():
            assert (card.token is not None) == (card.state is ReaderState.READY)
            if card.verified:
                signs = state.signing_in is not None and state.signing_in.token is not None
                is_open = session is not None and not session.locked
                assert signs or is_open, "a card that has the PIN and nobody who needs it"
        for command in commands:
            self.obey(command)

    def obey(self, command: object) -> None:
        if isinstance(command, Answer) and command.request in self.asked:
            assert command.request not in self.answered, "answered twice"
            self.answered.append(command.request)
        elif isinstance(command, OpenCard):
            self.orders.append(self.opened(command))
        elif isinstance(command, VerifyPinAndSign):
            assert command.request not in self.given, "a PIN is given once"
            assert len(self.book.state.cards.by_reader) == 1 or command.token.challenged
            self.given.append(command.request)
            self.orders.append(self.signed(command))
        elif isinstance(command, SendTokenSignIn):
            assert command.data.signature == b"signed"
        elif isinstance(command, ReleaseCard):
            assert command.count <= self.counts[command.reader]

    def opened(self, command: OpenCard) -> Event:
        if self.chance.random() < 0.15:
            return CardFailed(command.reader, command.count, self.chance.choice(("card-foreign", "card-mute")))
        who = self.inside.get(command.reader, "lan")
        left = self.chance.choice((3, 3, 3, 1, 0))
        seen = token(who, tries_left=left, is_last=left == 1, is_blocked=left == 0)
        return CardOpened(command.reader, command.count, seen)

    def signed(self, command: VerifyPinAndSign) -> Event:
        who = next(p for p in PEOPLE if token(p).fingerprint == command.token.fingerprint)
        if self.chance.random() < 0.3:
            code = self.chance.choice(("card-pin-wrong", "card-removed", "card-key-mismatch"))
            verified = code == "card-key-mismatch"
            return TokenRefused(command.request, code, {}, token(who, tries_left=2), verified=verified)
        given = command.challenge
        data = None if given is None else TokenData(given.challenge, bytes(32), token(who).certificate, b"signed")
        return TokenSigned(command.request, token(who), data)


@pytest.mark.parametrize("seed", range(40))
def test_I2_whatever_happens_to_tokens_the_seat_keeps_its_word(seed: int) -> None:
    chaos = Chaos(seed)
    for _ in range(400):
        chaos.step()
    chaos.book.after(60)
    for command in chaos.book.commands:
        if isinstance(command, Answer) and command.request in chaos.asked:
            chaos.answered.append(command.request)
    assert sorted(chaos.answered) == sorted(chaos.asked), "every PIN that was typed has one answer"
    assert len(chaos.given) > 1, "enough was tried"
