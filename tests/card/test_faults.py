"""What goes wrong at a card, through the real service: each has its own refusal, and nothing wrong is ever signed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.contents import CERTIFICATES, certificate_object
from deploy.softtoken.keys import Algorithm
from edge.card.algorithms import Digest, Hash
from edge.card.certificate import Purpose
from edge.card.errors import (
    AnswerGarbled,
    CardAbsent,
    CardError,
    CardRemoved,
    CardShared,
    CertificateUnreadable,
    ForeignCard,
    KeyMismatch,
    KeyUnsupported,
    NoCertificate,
    PinRequired,
    ReaderError,
    ReaderGone,
    ServiceAbsent,
)
from edge.card.opening import open_token
from edge.card.pcsc import Context
from edge.card.piv_token import PivToken, open_piv
from tests.card.rigs import PivRig, put_in, wait_for_card, wait_until_empty
from tests.support.poll import until
from tests.support.softtoken import DOCUMENT, LOGIN, certificate, contents, key, pin

_DIGEST = Digest.of(Hash.SHA256, b"thong bao (demo)")
_CONNECT = """
import sys
from edge.card.errors import CardError
from edge.card.pcsc import Context
try:
    Context.open().connect(sys.argv[1]).close()
except CardError as refused:
    print(refused.code)
"""


@pytest.fixture
def rig(bank: ReaderBank, context: Context) -> Iterator[PivRig]:
    made = PivRig(bank, context)
    yield made
    made.finish()


def _opened(rig: PivRig) -> PivToken:
    token = rig.open()
    assert isinstance(token, PivToken)
    return token


def test_an_empty_reader_and_one_that_is_not_there(context: Context, bank: ReaderBank) -> None:
    with pytest.raises(CardAbsent):
        context.connect(bank.readers[3])
    with pytest.raises(ReaderGone):
        context.connect("No such reader 00 00")


@pytest.mark.parametrize("answer", ["6d00", "6a82", "6f00", "9000", "6f009000", "61029000", "61"])
def test_a_foreign_card_is_told_from_a_token(rig: PivRig, answer: str) -> None:
    rig.inserted.faults.answer = lambda apdu: bytes.fromhex(answer)
    with pytest.raises((ForeignCard, AnswerGarbled, ReaderError)) as refused:
        open_token(rig.context, rig.reader)
    if answer not in {"61", "61029000"}:
        assert refused.type is ForeignCard
    rig.inserted.faults.answer = None
    assert rig.open().is_alive(), "the reader was given back"


def test_a_card_that_leaves_in_the_middle_of_a_signature(rig: PivRig) -> None:
    token = _opened(rig)
    token.verify_pin(pin())
    rig.inserted.faults.die_at = 0x87
    with pytest.raises(ReaderError) as refused:
        token.sign(Purpose.LOGIN, _DIGEST)
    assert refused.type.code in {"card-removed", "card-mute"}
    assert not token.is_alive()
    with pytest.raises(ReaderError):
        token.sign(Purpose.LOGIN, _DIGEST)
    until(lambda: _refused_with(token) is CardRemoved, timeout_s=3)


def _refused_with(token: PivToken) -> type[CardError] | None:
    try:
        token.pin_state()
    except CardError as refused:
        return type(refused)
    return None


def test_a_card_that_is_pulled_while_it_thinks(rig: PivRig) -> None:
    token = _opened(rig)
    token.verify_pin(pin())
    before = rig.inserted.commands
    rig.inserted.faults.delay_s = 60

    def pull() -> None:
        until(lambda: rig.inserted.commands > before)
        rig.bank.pull(0)

    person = threading.Thread(target=pull, daemon=True)
    person.start()
    with pytest.raises(ReaderError):
        token.sign(Purpose.LOGIN, _DIGEST)
    person.join()
    assert not token.is_alive()


def test_I2_a_handle_knows_by_itself_that_its_card_is_out(rig: PivRig) -> None:
    """Also where nobody may ask the card, which a vendor's module has."""
    handle = rig.context.connect(rig.reader)
    assert handle.is_alive()
    rig.bank.pull(0)
    until(lambda: not handle.is_alive(), timeout_s=3)
    handle.close()


def test_I2_a_swap_for_the_very_same_card_is_noticed_at_once(rig: PivRig) -> None:
    for _ in range(4):
        token = _opened(rig)
        token.verify_pin(pin())
        rig.bank.pull(0)
        rig.bank.insert(0, Card(rig.card.contents))
        assert not token.is_alive()
        with pytest.raises(CardError):
            token.sign(Purpose.LOGIN, _DIGEST)
        token.close()
        rig.bank.pull(0)
        wait_until_empty(rig.context, rig.reader)
        rig.inserted = put_in(rig.bank, rig.context, rig.card)


def test_a_card_that_forgot_the_pin_is_another_card(rig: PivRig) -> None:
    token = _opened(rig)
    assert token.is_alive()
    token.verify_pin(pin())
    assert token.is_alive()
    rig.card.pins.verified = False
    assert not token.is_alive()
    token.verify_pin(pin())
    assert token.is_alive()
    rig.inserted.card = Card(rig.card.contents)
    assert not token.is_alive()


@pytest.mark.parametrize("purpose", list(Purpose))
def test_G1_a_garbled_signature_never_leaves(rig: PivRig, purpose: Purpose) -> None:
    token = _opened(rig)
    for garble, expected in (
        (lambda answer: answer[:-10] + bytes(8) + answer[-2:], (KeyMismatch, AnswerGarbled)),
        (lambda answer: bytes(len(answer) - 2) + answer[-2:], (AnswerGarbled,)),
        (lambda answer: answer[-2:], (AnswerGarbled,)),
        (lambda answer: b"\x7c\x04\x82\x02ab\x90\x00", (AnswerGarbled,)),
    ):
        rig.inserted.faults.garble = garble
        # An RSA answer comes in two pieces; the first one alone is garbled then, and the rest is asked for.
        with pytest.raises((*expected, AnswerGarbled, CardError)) as refused:
            token.sign(purpose, _DIGEST, pin=pin())
        assert issubclass(refused.type, AnswerGarbled | KeyMismatch) or refused.value.code == "card-refused"


@pytest.mark.parametrize(("slot", "algorithm"), [(LOGIN, Algorithm.P256), (DOCUMENT, Algorithm.RSA_2048)])
def test_a_key_that_is_not_the_certificates(
    bank: ReaderBank, context: Context, slot: int, algorithm: Algorithm
) -> None:
    made = contents()
    made.objects[CERTIFICATES[slot]] = certificate_object(certificate(key(algorithm, 1), "Người khác (demo)"))
    token = PivRig(bank, context, made).open()
    purpose = Purpose.LOGIN if slot == LOGIN else Purpose.DOCUMENT
    with pytest.raises(KeyMismatch) as refused:
        token.sign(purpose, _DIGEST, pin=pin())
    assert refused.value.data == {"purpose": purpose.value}
    token.close()


def test_a_token_without_a_certificate_for_documents_still_signs_in(bank: ReaderBank, context: Context) -> None:
    rig = PivRig(bank, context, contents(document=None))
    token = rig.open()
    token.sign(Purpose.LOGIN, _DIGEST, pin=pin())
    with pytest.raises(NoCertificate):
        token.sign(Purpose.DOCUMENT, _DIGEST, pin=pin())
    rig.finish()


def test_a_broken_certificate_does_not_hide_the_other(bank: ReaderBank, context: Context) -> None:
    made = contents()
    made.objects[CERTIFICATES[DOCUMENT]] = certificate_object(b"\x30\x03abc")
    rig = PivRig(bank, context, made)
    token = rig.open()
    token.sign(Purpose.LOGIN, _DIGEST, pin=pin())
    with pytest.raises(CertificateUnreadable):
        token.sign(Purpose.DOCUMENT, _DIGEST, pin=pin())
    rig.finish()


def test_a_key_too_short_for_today_is_named(bank: ReaderBank, context: Context) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - only here is a weak key wanted

    weak = rsa.generate_private_key(public_exponent=65_537, key_size=1024)  # noqa: S505
    made = contents()
    made.objects[CERTIFICATES[LOGIN]] = certificate_object(certificate(weak, "Khóa yếu (demo)"))
    rig = PivRig(bank, context, made)
    with pytest.raises(KeyUnsupported) as refused:
        rig.open().sign(Purpose.LOGIN, _DIGEST)
    assert refused.value.data["key"] == "RSA-1024"
    rig.finish()


def test_between_pin_and_document_signature_stands_nothing(rig: PivRig) -> None:
    token = _opened(rig)
    token.verify_pin(pin())
    token.pin_state()
    with pytest.raises(PinRequired):
        token.sign(Purpose.DOCUMENT, _DIGEST)
    token.verify_pin(pin())
    token.sign(Purpose.DOCUMENT, _DIGEST)


def test_a_second_program_is_kept_out_while_the_token_is_held(rig: PivRig) -> None:
    token = _opened(rig)
    token.verify_pin(pin())

    def second() -> str:
        command = [sys.executable, "-c", _CONNECT, rig.reader]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert second() == CardShared.code
    token.close()
    assert second() == ""


def test_two_tokens_are_two(rig: PivRig) -> None:
    other = Card(contents(number=1))
    rig.bank.insert(1, other)
    wait_for_card(rig.context, rig.bank.readers[1])
    token = _opened(rig)
    second = open_piv(rig.context.connect(rig.bank.readers[1]))
    assert token.identity.serial == rig.card.contents.guid.hex()
    assert second.identity.serial == other.contents.guid.hex()
    second.verify_pin(pin())
    assert not token.pin_state().verified
    second.close()


def test_the_service_is_killed_and_comes_back(rig: PivRig) -> None:
    token = _opened(rig)
    token.verify_pin(pin())
    rig.bank.kill()
    with pytest.raises(ServiceAbsent):
        token.sign(Purpose.LOGIN, _DIGEST)
    assert not token.is_alive()
    token.close()
    with pytest.raises(ServiceAbsent):
        Context.open()
    rig.bank.start()
    with pytest.raises(ServiceAbsent):
        rig.context.readers()
    with Context.open() as fresh:
        put_in(rig.bank, fresh, rig.card)
        again = open_piv(fresh.connect(rig.reader))
        with pytest.raises(PinRequired):
            again.sign(Purpose.LOGIN, _DIGEST)
        again.close()
