"""What every token keeps to, whichever way it is spoken with (`edge/card/token.py`)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.card.algorithms import Digest, Hash
from edge.card.certificate import Purpose, TokenCertificate
from edge.card.errors import CardError, LastTry, PinBlocked, PinMalformed, PinRequired, ReaderError, WrongPin
from tests.card.rigs import HsmRig, OpenScRig, PivRig, Rig, put_in
from tests.support.poll import until
from tests.support.softtoken import WRONG, pin

_MESSAGE = "Biên bản cuộc họp (demo)".encode()
_DIGEST = Digest.of(Hash.SHA256, _MESSAGE)


@pytest.fixture(params=["piv", "opensc", "softhsm"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made: Rig
    if request.param == "softhsm":
        made = HsmRig(tmp_path)
    else:
        kind = {"piv": PivRig, "opensc": OpenScRig}[request.param]
        made = kind(request.getfixturevalue("bank"), request.getfixturevalue("context"))
    yield made
    made.finish()


def _openssl_says(certificate: TokenCertificate, signature: bytes, folder: Path) -> str:
    public = x509.load_der_x509_certificate(certificate.der).public_key()
    (folder / "key.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "message").write_bytes(_MESSAGE)
    (folder / "signature").write_bytes(signature)
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout.strip()


def test_I1_certificates_are_read_without_the_pin_and_stay_the_same(rig: Rig) -> None:
    first = rig.open()
    assert set(first.certificates) == set(Purpose)
    assert first.identity.serial
    first.close()
    again = rig.open()
    assert again.identity == first.identity
    assert {p: c.sha256 for p, c in again.certificates.items()} == {p: c.sha256 for p, c in first.certificates.items()}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_I1_openssl_verifies_what_was_signed(rig: Rig, purpose: Purpose, tmp_path: Path) -> None:
    token = rig.open()
    signature = token.sign(purpose, _DIGEST, pin=pin(rig.pin))
    assert _openssl_says(token.certificates[purpose], signature, tmp_path) == "Verified OK"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_nothing_is_signed_without_the_pin(rig: Rig, purpose: Purpose) -> None:
    with pytest.raises(PinRequired):
        rig.open().sign(purpose, _DIGEST)


def test_the_login_key_signs_again_after_one_pin(rig: Rig) -> None:
    token = rig.open()
    token.verify_pin(pin(rig.pin))
    assert token.pin_state().verified
    for _ in range(3):
        token.sign(Purpose.LOGIN, _DIGEST)


def test_a_document_key_wants_its_pin_every_time(rig: Rig) -> None:
    token = rig.open()
    for _ in range(2):
        token.sign(Purpose.DOCUMENT, _DIGEST, pin=pin(rig.pin))
        assert token.certificates[Purpose.DOCUMENT].pin_always is rig.pin_always
    if rig.pin_always:
        with pytest.raises(PinRequired):
            token.sign(Purpose.DOCUMENT, _DIGEST)


def test_a_pin_is_overwritten_whatever_becomes_of_it(rig: Rig) -> None:
    token = rig.open()
    for given in (rig.pin, WRONG, "12", "0" * 100):
        held = pin(given)
        try:
            token.verify_pin(held)
        except CardError as refused:
            assert given not in repr(refused) + str(refused.data)  # noqa: PT017 - some are refused, one is not
        assert not any(held)
    held = pin(rig.pin)
    token.sign(Purpose.LOGIN, _DIGEST, pin=held)
    assert not any(held)


def test_a_pin_of_a_wrong_length_is_not_sent(rig: Rig) -> None:
    token = rig.open()
    before = token.pin_state()
    for given in ("", "123", "1" * (token.pin_rule.longest + 1)):
        with pytest.raises(PinMalformed) as refused:
            token.verify_pin(pin(given))
        assert refused.value.data == {"shortest": 4, "longest": token.pin_rule.longest}
    assert token.pin_state() == before


def test_a_wrong_pin_is_told_and_costs_one_try(rig: Rig) -> None:
    token = rig.open()
    with pytest.raises(WrongPin) as refused:
        token.verify_pin(pin(WRONG))
    assert not token.pin_state().verified
    if isinstance(rig, PivRig):
        assert rig.card.pins.pin.left == 2, "one PIN was sent once"
    if type(rig) is PivRig:
        assert refused.value.tries_left == 2
    token.verify_pin(pin(rig.pin))
    assert token.pin_state().verified


def test_the_last_try_is_asked_for_and_then_the_token_is_blocked(rig: Rig) -> None:
    if not isinstance(rig, PivRig):
        assert not rig.counts_tries, "SoftHSM never blocks: there is no last try"
        return
    token = rig.open()
    for _ in range(2):
        with pytest.raises(WrongPin):
            token.verify_pin(pin(WRONG))
    assert token.pin_state().is_last
    with pytest.raises(LastTry):
        token.verify_pin(pin(rig.pin))
    assert rig.card.pins.pin.left == 1, "it was not sent"
    with pytest.raises(PinBlocked):
        token.verify_pin(pin(WRONG), last_try_ok=True)
    assert token.pin_state().is_blocked
    with pytest.raises(PinBlocked):
        token.verify_pin(pin(rig.pin), last_try_ok=True)


def test_the_last_try_may_be_the_right_one(rig: Rig) -> None:
    if not isinstance(rig, PivRig):
        assert not rig.counts_tries
        return
    token = rig.open()
    rig.card.pins.pin.left = 1
    token.sign(Purpose.LOGIN, _DIGEST, pin=pin(rig.pin), last_try_ok=True)
    assert rig.card.pins.pin.left == 3


def test_I2_a_token_that_was_out_is_lost_for_good(rig: Rig) -> None:
    token = rig.open()
    token.verify_pin(pin(rig.pin))
    assert token.is_alive()
    if not isinstance(rig, PivRig):
        assert not rig.can_be_pulled
        return
    rig.pull()
    until(lambda: not token.is_alive(), timeout_s=3)
    put_in(rig.bank, rig.context, rig.card)
    assert not token.is_alive()
    with pytest.raises((ReaderError, PinRequired)):
        token.sign(Purpose.LOGIN, _DIGEST)


def test_after_close_nobody_finds_the_pin_given(rig: Rig) -> None:
    token = rig.open()
    token.verify_pin(pin(rig.pin))
    token.close()
    token.close()
    with pytest.raises(PinRequired):
        rig.open().sign(Purpose.LOGIN, _DIGEST)
    if isinstance(rig, PivRig):
        assert not rig.card.pins.verified
