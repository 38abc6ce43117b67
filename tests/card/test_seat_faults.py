"""What a seat says when something is wrong with what is in its readers: its machine, the real service, real cards.

Each fault is said in both languages on the seat's page, and what was there before is there afterwards.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from edge.card.pcsc import Context
from edge.card.worker import CardWorker
from edge.commands import Answer, Command, HidePages, OpenCard, ReleaseCard, SendTokenSignIn, VerifyPinAndSign
from edge.events import ChallengeCame, Event, PinGiven
from edge.ports import SignOrder
from tests.card.rigs import wait_until_empty
from tests.card.words import said
from tests.support.meeting_log import MeetingLog, named
from tests.support.playbook import Playbook, act_id
from tests.support.softtoken import contents, pin
from tests.support.token_play import challenge
from wire.proof import TokenData

FIRST, SECOND = 2, 3


class Foreign(Card):
    """A card of some other kind: it answers, and knows nothing of this."""

    def transmit(self, apdu: bytes) -> bytes:
        return bytes.fromhex("6d00" if apdu[1] != 0xA4 else "6a82")


class RealSeat:
    """The seat's machine with a worker at two readers; ``play`` goes on until the page shows what is wanted."""

    def __init__(self, bank: ReaderBank) -> None:
        log = MeetingLog().prepared()
        log.add("meeting_opened")
        self.bank = bank
        self.book = Playbook().enrolled().welcomed(log)
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        names = {bank.readers[FIRST], bank.readers[SECOND]}
        self.worker = CardWorker(self.events.put, is_ours=lambda name: name in names)
        self.did: list[Command] = []

    @property
    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = self.book.sections["usb_token"]
        return found

    def play(self, wanted: Callable[[], object]) -> None:
        while not wanted():
            self.on(self.events.get(timeout=15))

    def on(self, event: Event) -> None:
        self.book.on(event)
        self.did += self.book.commands
        for command in self.book.commands:
            match command:
                case OpenCard(reader, count):
                    self.worker.open(reader, count)
                case ReleaseCard(reader, count):
                    self.worker.release(reader, count)
                case VerifyPinAndSign():
                    self.worker.sign(_order(command))

    def shows(self, state: str) -> dict[str, Any]:
        self.play(lambda: self.shown["state"] == state)
        return self.shown

    def types_pin(self, number: int) -> Answer | None:
        """The refusal said at once; None when the seat goes on to ask card and server."""
        self.did.clear()
        self.on(PinGiven(number, act_id(number), last_try_ok=False))
        return self._answer(number)

    def challenged(self, number: int) -> None:
        waiting = self.book.state.signing_in
        assert waiting is not None
        self.on(ChallengeCame(challenge(number, waiting.meeting), ""))

    def answered(self, number: int) -> Answer:
        self.play(lambda: self._answer(number))
        found = self._answer(number)
        assert found is not None
        return found

    def signed_in(self, number: int) -> None:
        assert self.types_pin(number) is None
        self.challenged(number)
        self.play(lambda: [each for each in self.did if isinstance(each, SendTokenSignIn)])
        self.book.acked(act_id(number), person=named("u", "lan"), seq=9)
        assert self.book.where == "signed_in"

    def _answer(self, number: int) -> Answer | None:
        return next((each for each in self.did if isinstance(each, Answer) and each.request == number), None)


def _order(command: VerifyPinAndSign) -> SignOrder:
    """As ``edge/hands.py`` writes it; what is signed plays no part here."""
    token, asked = command.token, command.challenge
    assert asked is not None
    last_try_ok = token.last_try_ok

    def build(certificate: bytes, signature: bytes) -> TokenData:
        return TokenData(asked.challenge, bytes(32), certificate, signature)

    return SignOrder(command.request, token.reader, token.count, token.fingerprint, b"text", pin(), last_try_ok, build)


@pytest.fixture
def seat(bank: ReaderBank) -> Iterator[RealSeat]:
    for index in (FIRST, SECOND):
        bank.pull(index)
    with Context.open() as context:
        for index in (FIRST, SECOND):
            wait_until_empty(context, bank.readers[index])
    made = RealSeat(bank)
    made.worker.start()
    made.shows("absent")
    yield made
    made.worker.stop()


def test_G65_two_tokens_at_once_are_said_and_the_one_that_stays_signs_in(seat: RealSeat) -> None:
    for index in (FIRST, SECOND):
        seat.bank.insert(index, Card(contents(name=f"Người {index} (demo)", number=index)))
    shown = seat.shows("several")
    said("card-two-tokens", {"count": shown["count"]})
    refused = seat.types_pin(1)
    assert refused is not None
    assert refused.code == "card-two-tokens"
    seat.bank.pull(FIRST)
    assert seat.shows("ready")["name"] == f"Người {SECOND} (demo)"
    seat.signed_in(2)


def test_G65_a_foreign_card_is_said_and_a_token_after_it_is_taken(seat: RealSeat) -> None:
    seat.bank.insert(FIRST, Foreign(contents()))
    shown = seat.shows("fault")
    assert shown["code"] == "card-foreign"
    said(shown["code"], shown["data"])
    seat.bank.pull(FIRST)
    seat.shows("absent")
    seat.bank.insert(FIRST, Card(contents()))
    assert seat.shows("ready")["tries_left"] == 3


@pytest.mark.parametrize("answer_to_reset", ["3b", "00", "ff" * 33], ids=["cut short", "nonsense", "too long"])
def test_G65_a_dead_reader_or_card_is_said_and_the_one_beside_it_works(seat: RealSeat, answer_to_reset: str) -> None:
    """Power on, and nothing that can be understood comes back: a broken token, or a reader that is about to die."""
    seat.bank.insert(FIRST, Card(contents()), answer_to_reset=bytes.fromhex(answer_to_reset))
    shown = seat.shows("fault")
    assert shown["code"] in {"card-mute", "card-reader-dead"}
    said(shown["code"], shown["data"])
    seat.bank.pull(FIRST)
    seat.shows("absent")
    seat.bank.insert(SECOND, Card(contents()))
    seat.shows("ready")
    seat.signed_in(1)


def test_G65_pulled_out_in_mid_command_is_said_and_the_same_token_goes_on(seat: RealSeat) -> None:
    card = Card(contents())
    inserted = seat.bank.insert(FIRST, card)
    seat.shows("ready")
    inserted.faults.die_at = 0x87
    assert seat.types_pin(1) is None
    seat.challenged(1)
    refused = seat.answered(1)
    assert refused.code in {"card-removed", "card-mute"}
    said(refused.code, refused.data)
    assert not [each for each in seat.did if isinstance(each, SendTokenSignIn)]
    seat.bank.pull(FIRST)
    seat.shows("absent")
    with Context.open() as context:
        wait_until_empty(context, seat.bank.readers[FIRST])
    seat.bank.insert(FIRST, card)
    assert seat.shows("ready")["tries_left"] == 3
    seat.signed_in(2)


def test_G65_I2_a_swap_for_a_token_just_like_it_locks_and_wants_the_pin_again(seat: RealSeat) -> None:
    made = contents()
    seat.bank.insert(FIRST, Card(made))
    seat.shows("ready")
    seat.signed_in(1)
    seat.did.clear()
    seat.bank.pull(FIRST)
    seat.bank.insert(FIRST, Card(made))
    seat.play(lambda: seat.book.where == "locked")
    assert [each for each in seat.did if isinstance(each, HidePages)], "nothing is left on the screen"
    seat.shows("ready")
    assert seat.shown["mine"], "the same certificate: the PIN leads back"
    seat.signed_in(2)
