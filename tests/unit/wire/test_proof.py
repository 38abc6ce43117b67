"""Rules W53, W55, W56, W58: what a token signs, and what travels of it."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from tests.support.meeting_log import MeetingLog, named
from tests.vectors import make, token_sign_in
from wire import canonical
from wire.envelope import pae, payload_type
from wire.errors import BadField, WireError
from wire.fields import Fields
from wire.proof import MAX_CERTIFICATE_BYTES, Proof, TokenData, server_key_hash

_GOLDEN: dict[str, Any] = json.loads((make.HERE / "token-sign-in.json").read_text(encoding="utf-8"))
_DATA = _GOLDEN["data"]


def _proof(value: dict[str, Any]) -> Proof:
    """The value of the golden file, read without the code that printed it."""
    nonces = {name: base64.b64decode(value[name]) for name in ("server_nonce", "seat_nonce")}
    expires_at = dt.datetime.fromisoformat(value["expires_at"])
    return Proof(**{**value, **nonces, "expires_at": expires_at})


def proofs() -> st.SearchStrategy[Proof]:
    """Proofs of anything."""
    nonces, of_kind = st.binary(min_size=32, max_size=32), wire_values.of_kind
    return st.builds(
        Proof,
        challenge=of_kind("c"),
        server_nonce=nonces,
        seat_nonce=nonces,
        server_key=nonces.map(bytes.hex),
        device=of_kind("d"),
        seat=of_kind("s"),
        meeting=of_kind("m"),
        expires_at=wire_values.moments(),
        certificate=nonces.map(bytes.hex),
    )


def test_W55_the_golden_text_is_what_is_signed() -> None:
    signed = base64.b64decode(_GOLDEN["signed"])
    assert signed == pae(payload_type("token_sign_in"), canonical.encode(_GOLDEN["value"]))
    assert signed == _proof(_GOLDEN["value"]).signed()
    assert hashlib.sha256(signed).hexdigest() == _GOLDEN["signed_sha256"]


def test_W55_the_golden_signature_is_the_certificates_and_of_no_other_text() -> None:
    key = x509.load_der_x509_certificate(base64.b64decode(_DATA["certificate"])).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signature, signed = base64.b64decode(_DATA["signature"]), base64.b64decode(_GOLDEN["signed"])
    key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        key.verify(signature, signed + b" ", padding.PKCS1v15(), hashes.SHA256())


@given(first=proofs(), second=proofs())
def test_W55_every_field_is_in_what_is_signed(first: Proof, second: Proof) -> None:
    for field in dataclasses.fields(Proof):
        other = dataclasses.replace(first, **{field.name: getattr(second, field.name)})
        same = other.to_value() == first.to_value()
        assert (other.signed() == first.signed()) is same


def test_W55_the_readme_shows_the_golden_value() -> None:
    text = token_sign_in.README.read_text(encoding="utf-8")
    assert token_sign_in.readme_section() in text, "python -m tests.vectors.token_sign_in"
    assert _GOLDEN["value"]["server_key"] == server_key_hash(base64.b64decode(_GOLDEN["server_public"]))


def test_W56_data_are_read_back_and_hold_nothing_else() -> None:
    assert TokenData.read(Fields(_DATA, "data")).to_value() == _DATA
    assert set(_DATA) == {"method", "challenge", "nonce", "certificate", "signature"}


@pytest.mark.parametrize("more", ["pin", "password", "person"])
def test_W56_there_is_no_field_for_a_pin_or_a_password(more: str) -> None:
    with pytest.raises(BadField):
        TokenData.read(Fields(_DATA | {more: "123456"}, "data"))


@pytest.mark.parametrize("missing", sorted(_DATA))
def test_W56_every_field_is_needed(missing: str) -> None:
    with pytest.raises(WireError):
        TokenData.read(Fields({name: value for name, value in _DATA.items() if name != missing}, "data"))


def test_W56_lengths_have_limits() -> None:
    for name, size in (("certificate", MAX_CERTIFICATE_BYTES + 1), ("signature", 513), ("signature", 0), ("nonce", 31)):
        with pytest.raises(BadField):
            TokenData.read(Fields(_DATA | {name: base64.b64encode(bytes(size)).decode()}, "data"))


def test_W55_nothing_secret_shows_in_a_repr() -> None:
    shown = repr(TokenData.read(Fields(_DATA, "data"))) + repr(_proof(_GOLDEN["value"]))
    assert _DATA["signature"][:20] not in shown
    assert repr(base64.b64decode(_DATA["nonce"]))[2:20] not in shown


def _seated(**more: Any) -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.add("person_seated", {"person": named("u", "lan"), "seat": named("s", "A3"), **more})
    return log


def test_W58_the_log_says_how_somebody_signed_in_and_the_state_is_the_same() -> None:
    by_token = _seated(method="token", certificate="ab" * 32)
    assert by_token.state.seated == _seated().state.seated == _seated(method="password").state.seated


@pytest.mark.parametrize("more", [{"method": "face"}, {"certificate": "AB" * 32}, {"certificate": 1}, {"pin": "1"}])
def test_W58_other_words_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        _seated(**more)
