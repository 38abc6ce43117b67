"""Rule W76: RSA blind signatures are those of RFC 9474, by its published vector and by another implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.secret_votes import chance, token_key
from wire import blind
from wire.errors import BadSignature

_FILE: Final = Path(__file__).parents[2] / "vectors" / "published-blind-rsa.json"


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def test_W76_the_published_vector_of_rfc_9474_is_met_at_every_step(published: dict[str, Any]) -> None:
    modulus, private = int(published["n"], 16), int(published["d"], 16)
    message = bytes.fromhex(published["msg_prefix"] + published["msg"])
    factor = pow(int(published["inv"], 16), -1, modulus)
    shut = blind.blind(modulus, message, salt=bytes.fromhex(published["salt"]), factor=factor)
    assert shut.message.hex() == published["blinded_msg"]
    assert shut.inverse == int(published["inv"], 16)
    signed = pow(int.from_bytes(shut.message), private, modulus).to_bytes(512)
    assert signed.hex() == published["blind_sig"]
    assert blind.finalize(modulus, message, signed, shut.inverse).hex() == published["sig"]


def test_W76_another_implementation_takes_the_signature_and_ours_takes_its() -> None:
    modulus, private = token_key()
    message = chance("message", 100)
    factor = blind.factor_of(chance("factor", blind.FACTOR_BYTES), modulus)
    shut = blind.blind(modulus, message, salt=chance("salt", blind.SALT_BYTES), factor=factor)
    signed = pow(int.from_bytes(shut.message), private, modulus).to_bytes(blind.MODULUS_BYTES)
    signature = blind.finalize(modulus, message, signed, shut.inverse)
    scheme = padding.PSS(padding.MGF1(hashes.SHA384()), blind.SALT_BYTES)
    rsa.RSAPublicNumbers(blind.EXPONENT, modulus).public_key().verify(signature, message, scheme, hashes.SHA384())
    other = rsa.generate_private_key(blind.EXPONENT, blind.MODULUS_BITS)
    theirs = other.sign(message, scheme, hashes.SHA384())
    blind.verify(other.public_key().public_numbers().n, message, theirs)


@pytest.mark.parametrize("at", [0, 1, 100, 254, 255])
def test_W76_a_signature_with_a_flipped_bit_or_for_another_message_is_refused(
    at: int, published: dict[str, Any]
) -> None:
    modulus, message = int(published["n"], 16), bytes.fromhex(published["msg_prefix"] + published["msg"])
    signature = bytearray.fromhex(published["sig"])
    blind.verify(modulus, message, bytes(signature))
    with pytest.raises(BadSignature):
        blind.verify(modulus, message + b".", bytes(signature))
    signature[2 * at] ^= 1
    with pytest.raises(BadSignature):
        blind.verify(modulus, message, bytes(signature))


@pytest.mark.parametrize("signed", [b"", bytes(255), bytes(256), b"\xff" * 256, b"\x01" * 257])
def test_W76_what_the_server_signed_wrongly_is_noticed_before_it_is_used(signed: bytes) -> None:
    modulus, _ = token_key()
    with pytest.raises(BadSignature):
        blind.finalize(modulus, b"message", signed, 3)


def test_W76_any_blinded_message_could_be_of_any_ballot() -> None:
    """Blinding hides absolutely: for another ballot there is a factor that gives the very same blinded message."""
    modulus, private = token_key()
    salt = chance("salt", blind.SALT_BYTES)
    shut = blind.blind(modulus, b"for", salt=salt, factor=blind.factor_of(chance("f", blind.FACTOR_BYTES), modulus))
    other = int.from_bytes(blind.encode_pss(b"against", modulus.bit_length() - 1, salt=salt))
    factor = pow(int.from_bytes(shut.message) * pow(other, -1, modulus) % modulus, private, modulus)
    assert blind.blind(modulus, b"against", salt=salt, factor=factor).message == shut.message
