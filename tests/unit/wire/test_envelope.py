"""Rules W05, W20, W21. The keys here are a toy: what is tested is what the signature covers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from typing import Any

import pytest
from hypothesis import given

from tests.support import mutate, wire_values
from wire import canonical, envelope
from wire.errors import BadField, BadJson, BadSignature, UnknownType, UnknownVersion, WireError


def _sign(data: bytes) -> bytes:
    return hmac.new(b"key", data, hashlib.sha256).digest()


def _verify(key_id: str, data: bytes, signature: bytes) -> None:
    if key_id != "me" or not hmac.compare_digest(signature, _sign(data)):
        raise BadSignature("no")


def _sealed(kind: str, payload: bytes) -> bytes:
    return canonical.encode(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": kind,
            "signatures": [
                {"keyid": "me", "sig": base64.b64encode(_sign(envelope.pae(kind, payload))).decode("ascii")}
            ],
        }
    )


@given(value=wire_values.json_values())
def test_W20_what_is_sealed_is_opened(value: Any) -> None:
    signed = envelope.open_envelope(envelope.seal("have", value, key_id="me", sign=_sign), verify=_verify)
    assert (signed.type, signed.key_id, signed.value()) == ("have", "me", value)


def test_W20_the_signed_bytes_are_those_of_dsse() -> None:
    # The example of the DSSE specification, protocol.md.
    assert envelope.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_W20_any_flipped_bit_is_noticed() -> None:
    data = envelope.seal("have", {"paper": "đ"}, key_id="me", sign=_sign)
    for broken in mutate.flipped_bits(data):
        with pytest.raises(WireError):
            envelope.open_envelope(broken, verify=_verify)


def test_W20_no_broken_envelope_passes() -> None:
    data = envelope.seal("have", {"a": [1, {"b": "c"}]}, key_id="me", sign=_sign)
    for broken in mutate.broken_bytes(data, random.Random(20), count=2000):
        with pytest.raises(WireError):
            envelope.open_envelope(broken, verify=_verify)
    for value in mutate.broken_values(canonical.decode(data), random.Random(21), count=2000):
        with pytest.raises(WireError):
            envelope.open_envelope(canonical.encode(value), verify=_verify)


def test_W21_a_message_of_one_type_never_passes_as_another() -> None:
    value = canonical.decode(envelope.seal("have", {}, key_id="me", sign=_sign))
    value["payloadType"] = envelope.payload_type("receipt")
    with pytest.raises(BadSignature):
        envelope.open_envelope(canonical.encode(value), verify=_verify)


def test_W21_nobody_unknown_makes_a_receiver_believe_that_it_is_too_old() -> None:
    later = envelope.payload_type("have").replace(".v1+", ".v2+")
    value = canonical.decode(_sealed(later, b"{}"))
    with pytest.raises(UnknownVersion):
        envelope.open_envelope(canonical.encode(value), verify=_verify)
    value["signatures"][0]["keyid"] = "somebody"
    with pytest.raises(BadSignature):
        envelope.open_envelope(canonical.encode(value), verify=_verify)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/vnd.phonghop.a b.v1+json", "application/vnd.phonghop..v1+json"]
)
def test_W05_a_type_that_is_not_ours_is_unknown(kind: str) -> None:
    with pytest.raises(UnknownType):
        envelope.open_envelope(_sealed(kind, b"{}"), verify=_verify)


@pytest.mark.parametrize("count", [0, 2])
def test_W20_there_is_exactly_one_signature(count: int) -> None:
    value = canonical.decode(envelope.seal("have", {}, key_id="me", sign=_sign))
    value["signatures"] *= count
    with pytest.raises(BadField):
        envelope.open_envelope(canonical.encode(value), verify=_verify)


def test_W20_a_payload_that_is_not_canonical_is_refused() -> None:
    signed = envelope.open_envelope(_sealed(envelope.payload_type("have"), b'{"a": 1}'), verify=_verify)
    with pytest.raises(BadJson):
        signed.value()


def test_W20_an_envelope_has_a_size() -> None:
    with pytest.raises(BadField):
        envelope.open_envelope(b"[" * (envelope.MAX_BYTES + 1), verify=_verify)
