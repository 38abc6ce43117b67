"""The worker through the real service: what the seat is told of tokens, and that no PIN outlives its use."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.keys import Algorithm
from edge.card.algorithms import Digest
from edge.card.certificate import Purpose, read
from edge.card.errors import CardReset
from edge.card.pcsc import Context
from edge.card.watchdog import Watchdog
from edge.card.worker import CardWorker
from edge.events import (
    CardCame,
    CardFailed,
    CardOpened,
    CardsWatched,
    CardWent,
    Event,
    PinRight,
    TokenRefused,
    TokenSigned,
)
from edge.model import CardSignature
from edge.ports import SignOrder
from tests.card.desk import AT, MESSAGE, Desk, emptied
from tests.support.poll import until
from tests.support.softtoken import PIN, WRONG, contents, pin, sent_to
from wire.proof import TokenData


@pytest.fixture
def desk(bank: ReaderBank) -> Iterator[Desk]:
    emptied(bank)
    made = Desk(bank)
    made.worker.start()
    yield made
    made.worker.stop()
    bank.pull(AT)


@pytest.fixture
def free(bank: ReaderBank) -> Callable[[], bool]:
    """Whether another program may take the card."""

    def look() -> bool:
        try:
            with Context.open() as context, context.connect(bank.readers[AT]):
                return True
        except Exception:  # noqa: BLE001 - held, or gone
            return False

    return look


@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.P384, Algorithm.RSA_2048])
def test_I1_a_token_is_opened_named_and_signs(desk: Desk, algorithm: Algorithm) -> None:
    assert isinstance(desk.next(CardsWatched), CardsWatched)
    _, opened = desk.plug(Card(contents(login=algorithm, name="Nguyễn Văn A (demo)")))
    token = opened.token
    assert (token.name, token.tries_left, token.shortest, token.longest) == ("Nguyễn Văn A (demo)", 3, 4, 8)
    told = desk.sign(opened, pin())
    assert isinstance(told, TokenSigned)
    assert isinstance(told.data, TokenData)
    certificate = read(told.data.certificate, Purpose.LOGIN, pin_always=False)
    assert certificate.sha256 == token.fingerprint
    certificate.check(Digest.of(certificate.key.usual_hash, MESSAGE), told.data.signature)


@pytest.mark.parametrize("algorithm", [Algorithm.P384, Algorithm.RSA_2048])
def test_G38_statements_and_papers_are_signed_with_the_certificate_for_documents(
    desk: Desk, algorithm: Algorithm
) -> None:
    inserted, opened = desk.plug(Card(contents(document=algorithm)))
    signs = opened.token.signs
    assert signs is not None
    assert signs.fingerprint != opened.token.fingerprint
    assert signs.digest == ("sha384" if algorithm is Algorithm.P384 else "sha256")
    order = {"purpose": Purpose.DOCUMENT, "fingerprint": signs.fingerprint, "build": CardSignature}
    # Its key wants the PIN every time: twice in a row, and after a sign-in.
    for _ in range(2):
        told = desk.sign(opened, pin(), **order)
        assert isinstance(told, TokenSigned), told
        assert isinstance(told.data, CardSignature)
        assert told.data.certificate == signs.certificate
        certificate = read(told.data.certificate, Purpose.DOCUMENT, pin_always=True)
        certificate.check(Digest.of(certificate.key.usual_hash, MESSAGE), told.data.signature)
        assert isinstance(desk.sign(opened, pin()), TokenSigned)
    swapped = desk.sign(opened, pin(), **(order | {"fingerprint": opened.token.fingerprint}))
    assert isinstance(swapped, TokenRefused)
    assert swapped.code == "card-reset", "the certificate for signing in signs no paper"
    assert inserted.is_in


def test_a_token_without_a_certificate_for_documents_signs_in_all_the_same(desk: Desk) -> None:
    _, opened = desk.plug(Card(contents(document=None)))
    assert opened.token.signs is None
    assert isinstance(desk.sign(opened, pin()), TokenSigned)


def test_a_wrong_pin_is_sent_once_and_says_what_is_left(desk: Desk) -> None:
    inserted, opened = desk.plug(Card(contents()))
    heard = sent_to(inserted)
    told = desk.sign(opened, pin(WRONG))
    assert isinstance(told, TokenRefused)
    assert (told.code, told.data["tries_left"], told.verified) == ("card-pin-wrong", 2, False)
    assert told.token is not None
    assert told.token.tries_left == 2
    # Asking about the PIN is the same command without data; only one had any.
    assert [head for head in heard if head[1] == 0x87] == [], "nothing was signed"
    assert inserted.card.contents.pin not in repr(told)


def test_the_last_try_is_taken_only_when_somebody_said_so(desk: Desk) -> None:
    inserted, opened = desk.plug(Card(contents()))
    first = desk.sign(opened, pin(WRONG))
    told = desk.sign(opened, pin(WRONG))
    assert isinstance(first, TokenRefused)
    assert isinstance(told, TokenRefused)
    assert (first.data["tries_left"], told.data["tries_left"]) == (2, 1)
    assert told.token is not None
    assert told.token.is_last
    asked = desk.sign(opened, pin())
    assert isinstance(asked, TokenRefused)
    assert asked.code == "card-pin-last-try"
    blocked = desk.sign(opened, pin(WRONG), last_try_ok=True)
    assert isinstance(blocked, TokenRefused)
    assert blocked.token is not None
    assert blocked.token.is_blocked
    again = desk.sign(opened, pin(), last_try_ok=True)
    assert isinstance(again, TokenRefused)
    assert again.code == "card-pin-blocked"
    assert inserted.is_in


def test_I2_out_is_told_at_once_though_the_card_is_busy(desk: Desk) -> None:
    inserted, opened = desk.plug(Card(contents()))
    inserted.faults.delay_s = 20.0
    given = pin()
    desk.worker.sign(
        SignOrder(7, opened.reader, opened.count, opened.token.fingerprint, MESSAGE, given, False, None)  # noqa: FBT003
    )
    before = inserted.commands
    until(lambda: inserted.commands > before + 1, what="the card is at work")
    desk.bank.pull(AT)
    told = [desk.next((CardWent, TokenRefused)) for _ in range(2)]
    assert CardWent(opened.reader, opened.count) in told
    refused = next(each for each in told if isinstance(each, TokenRefused))
    assert refused.code in {"card-removed", "card-mute", "card-absent"}
    assert not any(given), "the PIN is zeros"


def test_a_held_token_that_another_program_resets_is_noticed(desk: Desk) -> None:
    """A card that forgot its PIN without anybody telling: the look finds it."""
    inserted, opened = desk.plug(Card(contents()))
    assert isinstance(desk.sign(opened, pin()), TokenSigned)
    inserted.card.reset()
    failed = desk.next(CardFailed)
    assert failed == CardFailed(opened.reader, opened.count, CardReset.code)


def test_released_it_is_reset_and_free_for_others(desk: Desk, free: Callable[[], bool]) -> None:
    inserted, opened = desk.plug(Card(contents()))
    assert isinstance(desk.sign(opened, pin()), TokenSigned)
    assert not free(), "held exclusively"
    desk.worker.release(opened.reader, opened.count)
    until(free, what="the card is free")
    desk.worker.open(opened.reader, opened.count)
    again = desk.next(CardOpened)
    assert isinstance(again, CardOpened)
    # Verified before, it would sign without a PIN now.
    assert again.token.tries_left == 3
    assert inserted.is_in


def test_stopped_it_lets_go_of_the_card(bank: ReaderBank, free: Callable[[], bool]) -> None:
    emptied(bank)
    desk = Desk(bank)
    desk.worker.start()
    _, opened = desk.plug(Card(contents()))
    assert isinstance(desk.sign(opened, pin()), TokenSigned)
    desk.worker.stop()
    assert free()
    bank.pull(AT)


def test_a_card_without_a_certificate_for_signing_in_is_said(desk: Desk) -> None:
    _, count = desk.insert(Card(contents(login=None)))
    desk.worker.open(desk.reader, count)
    failed = desk.next((CardFailed, CardOpened))
    assert isinstance(failed, CardFailed)
    assert (failed.code, failed.data) == ("card-no-certificate", {"purpose": "login"})


def test_a_foreign_card_is_said(desk: Desk) -> None:
    inserted, count = desk.insert(Card(contents()))
    inserted.faults.answer = lambda _apdu: bytes.fromhex("6a82")
    desk.worker.open(desk.reader, count)
    failed = desk.next((CardFailed, CardOpened))
    assert isinstance(failed, CardFailed)
    assert failed.code == "card-foreign"


def test_a_signature_of_another_key_never_leaves(desk: Desk) -> None:
    made = contents()
    other = contents(number=1)
    made.keys[0x9A] = other.keys[0x9A]
    _, opened = desk.plug(Card(made))
    told = desk.sign(opened, pin())
    assert isinstance(told, TokenRefused)
    assert (told.code, told.verified) == ("card-key-mismatch", True)


def test_an_order_for_a_card_that_is_not_held_is_refused_and_its_pin_wiped(desk: Desk) -> None:
    _, opened = desk.plug(Card(contents()))
    told = desk.sign(opened, pin(), count=opened.count + 1)
    assert isinstance(told, TokenRefused)
    assert told.code == "card-removed"
    assert isinstance(desk.sign(opened, pin()), TokenSigned), "what is held stays held"
    other = desk.sign(opened, pin(), fingerprint="00" * 32)
    assert isinstance(other, TokenRefused)
    assert other.code == "card-reset"


def test_I2_a_card_that_died_in_mid_command_is_let_go_with_that_very_refusal(desk: Desk) -> None:
    """Not only when the look finds it a moment later: until then the seat would show what is no longer there."""
    inserted, opened = desk.plug(Card(contents()))
    inserted.faults.die_at = 0x87
    told = desk.sign(opened, pin())
    assert isinstance(told, TokenRefused)
    failed = desk.next(CardFailed)
    assert failed == CardFailed(opened.reader, opened.count, told.code)


def test_G41_the_pin_is_given_to_no_other_token_than_the_one_that_was_shown(desk: Desk) -> None:
    inserted, opened = desk.plug(Card(contents()))
    lengths: list[int] = []
    inserted.faults.answer = lambda apdu: lengths.append(len(apdu)) if apdu[1] == 0x20 else None
    given = pin()
    order = SignOrder(7, opened.reader, opened.count, "00" * 32, b"", given, False, None)  # noqa: FBT003
    desk.worker.check(order)
    told = desk.next((PinRight, TokenRefused))
    assert isinstance(told, TokenRefused)
    assert (told.code, any(given)) == ("card-reset", False)
    assert max(lengths, default=0) <= 5, "it was asked how many tries are left, and given nothing"


def test_a_restart_of_the_service_is_told_and_the_token_comes_back(desk: Desk) -> None:
    made = contents()
    _, opened = desk.plug(Card(made))
    desk.bank.kill()
    gone = desk.next(CardsWatched)
    while not (isinstance(gone, CardsWatched) and gone.code):
        gone = desk.next(CardsWatched)
    desk.bank.start()
    back = desk.next(CardsWatched)
    assert back == CardsWatched()
    _, again = desk.plug(Card(made))
    assert again.token.fingerprint == opened.token.fingerprint
    assert isinstance(desk.sign(again, pin()), TokenSigned)


def test_a_driver_that_raises_anything_ends_one_order_and_logs_no_text(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    _, opened = desk.plug(Card(contents()))
    given = pin("MARKED-1")

    def build(_der: bytes, _signature: bytes) -> TokenData:
        raise RuntimeError("MARKED-1 is in this text")

    with caplog.at_level(logging.DEBUG):
        desk.worker.sign(
            SignOrder(1, opened.reader, opened.count, opened.token.fingerprint, MESSAGE, pin(), False, build)  # noqa: FBT003
        )
        failed = desk.next(CardFailed)
    assert isinstance(failed, CardFailed)
    assert failed.code == "card-error"
    assert "RuntimeError" in caplog.text
    assert "MARKED-1" not in caplog.text
    assert given == pin("MARKED-1")
    desk.worker.open(opened.reader, opened.count)
    assert isinstance(desk.next(CardOpened), CardOpened)


def test_G67_the_watchdog_lives_with_the_worker_and_is_told_what_the_service_tells(bank: ReaderBank) -> None:
    emptied(bank)
    devices: set[str] = set()
    came: queue.SimpleQueue[Event] = queue.SimpleQueue()
    watchdog = Watchdog(lambda: None, devices=lambda: frozenset(devices), look_s=60)
    worker = CardWorker(came.put, is_ours=lambda name: name == bank.readers[AT], watchdog=watchdog)
    worker.start()
    assert [thread for thread in threading.enumerate() if thread.name == "card-watchdog"]
    bank.insert(AT, Card(contents()))
    card = came.get(timeout=15)
    while not isinstance(card, CardCame):
        card = came.get(timeout=15)
    devices.add("1-1:1.0#3")
    watchdog.look(now_s=1000)
    assert not watchdog.look(now_s=1100), "it was told of the readers"
    # A device that is newer than every reader: only a token that is held keeps the service from a restart.
    devices.add("1-2:1.0#4")
    watchdog.look(now_s=2000)
    worker.open(card.reader, card.count)
    until(lambda: isinstance(came.get(timeout=15), CardOpened), what="the token is held")
    assert not watchdog.look(now_s=2100)
    worker.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "card-watchdog"]
    assert watchdog.look(now_s=2100)
    bank.pull(AT)


def test_other_readers_are_not_this_seats(desk: Desk) -> None:
    desk.bank.insert(1, Card(contents()))
    _, opened = desk.plug(Card(contents()))
    assert opened.reader == desk.reader
    desk.bank.pull(1)
    assert PIN not in repr(opened)
