"""Anything may happen while papers and statements are signed, in any order (G38–G42).

What must be true after every single event: a PIN is given to the card once for a look and once for a signature, and its
copy is dropped on every other way; a turn is answered once, with a signature or without; every call of the page that
gave a PIN is answered once; nothing of it is shown to anybody else.
"""

from __future__ import annotations

import random

import pytest

from edge.commands import Answer, CheckPin, DropPin, ExamineAndSign, ReleaseCard, SendAnswer, SendBegin
from edge.events import (
    Acked,
    CardCame,
    CardOpened,
    CardWent,
    Event,
    LinkDown,
    LinkUp,
    LockAsked,
    OfferCame,
    OfferRefused,
    PasswordChecked,
    PinRight,
    RoundAsked,
    RoundClosed,
    RoundConfirmed,
    RoundFile,
    RoundsCame,
    SignOutAsked,
    Ticked,
    TokenRefused,
    TokenSigned,
    UnlockAsked,
    Welcomed,
)
from edge.model import CardSignature, LinkState, PaperStep, TokenSeen
from edge.rounds import AT_CARD
from edge.showing import reader
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import Playbook, act_id
from tests.support.round_play import HEAD, SIGNS, K, offer, waiting
from tests.support.token_play import READER, TokenPlay, token
from wire.messages import SignRounds


class Chaos:
    """Lan sits here with a password and a token, or without; the server and the card do as they like."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.log = MeetingLog().prepared()
        self.log.add("meeting_opened")
        self.book = Playbook().enrolled().welcomed(self.log)
        self.play = TokenPlay(self.book).plug("lan", signs=SIGNS)
        self.count = 1
        self.inside = True
        self.requests = 100
        self.pins: dict[int, str] = {}
        self.answered: list[int] = []
        self.orders: list[Event] = []
        self.begun: set[str] = set()
        self.leased: dict[int, bool] = {}
        self.fence = 0

    def seen(self) -> TokenSeen:
        return token("lan", signs=SIGNS)

    def number(self) -> int:
        self.requests += 1
        return self.requests

    def step(self) -> None:
        """One thing happens."""
        does = self.chance.choice(
            (*[self.help] * 24, self.order, self.pin, self.list, self.open, self.close, self.card,
             self.link, self.tick, self.person, self.refusal, self.offer)
        )  # fmt: skip
        event = does()
        if event is not None:
            self.book.on(event)
            self.look()

    def help(self) -> Event | None:
        """What has to come next, when all goes well."""
        state = self.book.state
        if self.orders:
            return self.order()
        if state.session is None or state.session.locked:
            return self.person() if state.session is None else PasswordChecked(self.number(), act_id(0), right=True)
        if state.link.state is not LinkState.ONLINE:
            self.book.on(LinkUp())
            self.look()
            return Welcomed(self.book.wish(self.log))
        return self.help_on() if self.inside else self.card()

    def help_on(self) -> Event | None:
        """With a card and a server."""
        state = self.book.state
        paper, opened = state.paper, state.round_file
        if paper is not None and paper.step is PaperStep.ASKING:
            self.fence += 1
            self.leased[self.fence] = False
            return OfferCame(offer(paper.work.request, fence=self.fence), 25.0)
        if paper is not None and paper.step is PaperStep.SENDING:
            return self.ack()
        if opened is None or not opened.ready:
            return self.open()
        found = None if state.rounds is None else state.rounds.find(K)
        if found is None or found.sha256 != opened.sha256 or not found.waits_for(named("u", "lan")):
            return RoundsCame(SignRounds(HEAD, MEETING, named("u", "lan"), (waiting(revision=opened.revision),)))
        return self.pin()

    # ---------------------------------------------------- happenings

    def pin(self) -> Event:
        opened = self.book.state.round_file
        number = self.number()
        self.pins[number] = "typed"
        sha256 = waiting().sha256 if opened is None else opened.sha256
        return RoundConfirmed(number, act_id(number), act_id(number + 10_000), K, sha256)

    def order(self) -> Event | None:
        return self.orders.pop(0) if self.orders else None

    def list(self) -> Event:
        revision = self.chance.choice((0, 0, 0, 1))
        found = waiting(revision=revision, signed=("lan",) if self.chance.random() < 0.1 else ())
        return RoundsCame(SignRounds(HEAD, MEETING, named("u", "lan"), (found,)))

    def open(self) -> Event:
        opened = self.book.state.round_file
        if opened is not None and not opened.ready:
            return RoundFile(K, opened.sha256, 1, 1, ready=True)
        return RoundAsked(self.number(), K)

    def close(self) -> Event | None:
        return RoundClosed(self.number()) if self.chance.random() < 0.3 else None

    def offer(self) -> Event | None:
        if not self.begun:
            return None
        act = self.chance.choice(sorted(self.begun))
        number = next(n for n in self.pins if act_id(n) == act)
        self.fence += 1
        self.leased[self.fence] = False
        return OfferCame(offer(number, fence=self.fence), self.chance.choice((25.0, 25.0, -1.0)))

    def refusal(self) -> Event | None:
        paper = self.book.state.paper
        if paper is None:
            return None
        act = self.chance.choice((paper.act, paper.answer_act))
        return Acked(act, "refused", "signing-lease-lost")

    def ack(self) -> Event | None:
        paper = self.book.state.paper
        return None if paper is None else Acked(paper.answer_act, "done")

    def card(self) -> Event:
        self.inside = not self.inside
        if not self.inside:
            return CardWent(READER, self.count)
        self.count += 1
        self.orders.append(CardOpened(READER, self.count, self.seen()))
        return CardCame(READER, self.count)

    def link(self) -> Event:
        if self.chance.random() < 0.4:
            return LinkDown()
        self.book.on(LinkUp())
        self.look()
        return Welcomed(self.book.wish(self.log))

    def tick(self) -> Event:
        self.book.s += self.chance.choice((0.25, 5, 45))
        return Ticked()

    def person(self) -> Event | None:
        if self.book.state.session is None:
            self.book.signed_in("lan")
            return None
        number = self.number()
        return self.chance.choice((LockAsked(number), UnlockAsked(number), SignOutAsked(number, act_id(number)), None))

    # ---------------------------------------------------- what must be true

    def look(self) -> None:
        state = self.book.state
        for command in self.book.commands:
            self.obey(command)
        paper = state.paper
        holds = None if paper is None or paper.step not in AT_CARD else paper.work.request
        kept = [number for number, how in self.pins.items() if how == "kept"]
        assert kept in ([], [holds]), "a PIN that nobody needs any longer is kept"
        if state.round_file is not None:
            assert reader(state) is not None, "a file is open and nobody may read it"
        assert self.book.sections["signing"] is None or reader(state) == (MEETING, named("u", "lan"))
        for card in state.cards.by_reader.values():
            if card.verified:
                assert paper is not None, "a card that has the PIN and nobody who needs it"
                assert paper.step in AT_CARD

    def obey(self, command: object) -> None:
        if isinstance(command, Answer) and command.request in self.pins:
            assert command.request not in self.answered, "answered twice"
            self.answered.append(command.request)
        elif isinstance(command, CheckPin):
            request = command.work.request
            assert self.pins[request] == "typed"
            self.pins[request] = "kept"
            wrong = self.chance.random() < 0.2
            told = TokenRefused(request, "card-pin-wrong", {}, self.seen()) if wrong else PinRight(request, self.seen())
            self.orders.append(told)
        elif isinstance(command, ExamineAndSign):
            request = command.work.request
            assert self.pins[request] == "kept", "one signature for one PIN"
            self.pins[request] = "used"
            self.orders.append(self.signed(request))
        elif isinstance(command, DropPin):
            if self.pins[command.request] == "kept":
                self.pins[command.request] = "dropped"
        elif isinstance(command, SendBegin):
            self.begun.add(command.act)
        elif isinstance(command, SendAnswer) and command.signature == b"":
            assert not self.leased[command.fence], "given back twice, or after it was signed"
            self.leased[command.fence] = True
        elif isinstance(command, SendAnswer):
            assert command.signature == b"signature"
        elif isinstance(command, ReleaseCard) and self.inside:
            self.orders.append(CardOpened(READER, self.count, self.seen()))

    def signed(self, request: int) -> Event:
        if self.chance.random() < 0.15:
            return OfferRefused(request, "sign-update-wrong", {"why": "action"})
        if self.chance.random() < 0.15:
            return TokenRefused(request, "card-key-mismatch", {}, self.seen(), verified=True)
        return TokenSigned(request, self.seen(), CardSignature(SIGNS.certificate, b"signature"))


@pytest.mark.parametrize("seed", range(12))
def test_G42_whatever_happens_while_signing_no_pin_and_no_turn_is_left(seed: int) -> None:
    chaos = Chaos(seed)
    chaos.book.signed_in("lan")
    for _ in range(500):
        chaos.step()
    while chaos.orders:
        chaos.book.on(chaos.orders.pop(0))
        chaos.look()
    for _ in range(40):
        chaos.book.s += 5
        chaos.book.on(Ticked())
        chaos.look()
    assert sorted(chaos.answered) == sorted(chaos.pins), "every PIN that was typed has one answer"
    assert "kept" not in chaos.pins.values()
    assert "used" in chaos.pins.values(), "enough was tried"
