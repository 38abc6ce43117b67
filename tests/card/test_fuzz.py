"""Cards that answer anything, and hosts that send anything: our errors alone, and no crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.softtoken.card import Card
from edge.card.algorithms import Digest, Hash, KeyKind, block, digest_info, ecdsa_der
from edge.card.certificate import Purpose, read
from edge.card.errors import CardError, CertificateUnreadable
from edge.card.piv import PivApplication
from edge.card.piv_objects import certificate_der, global_pin_is_primary, serial
from edge.card.piv_token import PivToken, open_piv
from edge.card.pkcs11.choosing import Found, by_purpose
from edge.card.watching import PRESENT, CardIn, CardOut, ServiceBack, ServiceGone, Watch, lost, observe
from tests.support.softtoken import contents, pin

_DIGEST = Digest.of(Hash.SHA256, b"x")
_KNOWN = contents()


class _Imagined:
    """A held card that is a function."""

    def __init__(self, answers: list[bytes]) -> None:
        self.reader = "Imagined 00 00"
        self.closed = False
        self._card = Card(contents(login=None, document=None))
        self._card.contents.keys.update(_KNOWN.keys)
        self._card.contents.objects.update(_KNOWN.objects)
        self._answers = answers

    def transmit(self, apdu: bytearray) -> bytes:
        real = self._card.transmit(bytes(apdu))
        return (self._answers.pop() or real) if self._answers else real

    def is_alive(self) -> bool:
        return not self.closed

    def close(self) -> None:
        self.closed = True


_ANSWERS = st.lists(
    st.one_of(
        st.just(b""),  # the card's own answer
        st.binary(min_size=1, max_size=60),
        st.binary(max_size=40).map(lambda data: data + b"\x90\x00"),
        st.binary(max_size=20).map(lambda data: b"\x7c\x82\x01\x0a\x82" + data + b"\x90\x00"),
    ),
    max_size=14,
)


def _is_ours(token_or_none: PivToken | None) -> None:
    if token_or_none is None:
        return
    for purpose in Purpose:
        held = pin()
        try:
            token_or_none.sign(purpose, _DIGEST, pin=held)
        except CardError as refused:
            assert "123456" not in repr(refused)  # noqa: PT017 - some are refused, others not
        assert not any(held)
    token_or_none.is_alive()


@settings(max_examples=300)
@given(_ANSWERS)
def test_whatever_a_card_answers_only_our_errors_come_out(answers: list[bytes]) -> None:
    imagined = _Imagined(answers)
    try:
        token = open_piv(imagined)
    except CardError:
        assert imagined.closed, "given back on the way out"
        return
    _is_ours(token)


@given(st.binary(max_size=400), st.sampled_from(list(Purpose)))
def test_objects_of_any_content(data: bytes, purpose: Purpose) -> None:
    for take in (serial, global_pin_is_primary, lambda one: certificate_der(one, purpose)):
        try:
            take(data)
        except CardError:
            continue


@settings(max_examples=300)
@given(st.data())
def test_a_changed_certificate_is_refused_or_read_never_a_crash(data: st.DataObject) -> None:
    der = bytearray(_KNOWN.objects[0x5FC10A][4:-5])
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        certificate = read(bytes(der), Purpose.DOCUMENT, pin_always=True)
        certificate.check(_DIGEST, bytes(certificate.key.size))
    except CardError:
        return


def test_a_certificate_of_no_known_version_is_unreadable() -> None:
    der = _KNOWN.objects[0x5FC10A][4:-5]
    version = der.index(b"\xa0\x03\x02\x01\x02")
    other = der[: version + 4] + b"\x01" + der[version + 5 :]
    with pytest.raises(CertificateUnreadable):
        read(other, Purpose.DOCUMENT, pin_always=True)
    assert by_purpose([Found(b"\1", other)]) == ({}, {})


@settings(max_examples=500)
@given(st.lists(st.binary(max_size=40), max_size=12))
def test_the_software_token_answers_any_bytes(sent: list[bytes]) -> None:
    card = Card(contents(login=None, document=None))
    PivApplication(lambda apdu: card.transmit(bytes(apdu))).select()
    for apdu in sent:
        assert len(card.transmit(apdu)) >= 2


@given(st.binary(min_size=64, max_size=64))
def test_a_raw_signature_becomes_der_that_others_read(raw: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: PLC0415 - their reader

    r, s = decode_dss_signature(ecdsa_der(raw, size=32))
    assert (r, s) == (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def test_blocks_have_their_key_s_size_and_name_the_hash_with_null() -> None:
    for kind in KeyKind:
        for hash_ in Hash:
            assert len(block(kind, Digest.of(hash_, b"x"))) == kind.size
    for hash_ in Hash:
        assert b"\x05\x00\x04" in digest_info(Digest.of(hash_, b"x"))


_STATES = st.lists(
    st.one_of(
        st.none(),  # the service goes
        st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 5), st.booleans()),
    ),
    max_size=30,
)


@given(_STATES)
def test_I2_every_card_that_comes_in_goes_out_before_the_next_comes(looks: list[tuple[str, int, bool] | None]) -> None:
    watch, inside, up = Watch(), set[str](), None
    for look in looks:
        if look is None:
            watch, events = lost(watch, "card-service-absent")
        else:
            reader, count, is_in = look
            flags = count << 16 | (PRESENT if is_in else 0)
            watch, events = observe(watch, ("A", "B"), [(reader, flags, b"")])
        for event in events:
            match event:
                case CardIn(reader=name):
                    assert name not in inside
                    inside.add(name)
                case CardOut(reader=name):
                    inside.remove(name)
                case ServiceGone():
                    assert up is not False
                    assert not inside
                    up = False
                case ServiceBack():
                    assert up is False
                    up = True
        assert {name for name, seen in watch.seen.items() if seen.card} == inside
