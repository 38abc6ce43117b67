"""RSA blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474, as functions over integers.

Rules W76: SHA-384, MGF1 with SHA-384, a salt of 48 bytes, 32 random bytes before the message; a key of 2048 bits or
more with e = 65537. Randomness is handed in. The voter's side and the check are here; the private operation is the
server's (``server/voting/secret/keys.py``). A finished signature is an RSA-PSS signature that any library checks.

Usage::

    shut = blind(modulus, prefix + message, salt=salt, factor=random_below(modulus))
    signature = finalize(modulus, prefix + message, signed_blind, shut.inverse)     # raises BadSignature
    verify(modulus, prefix + message, signature)                                    # raises BadSignature
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Final

from wire.errors import BadField, BadSignature

EXPONENT: Final = 65_537
MODULUS_BITS: Final = 2_048
MODULUS_BYTES: Final = MODULUS_BITS // 8
SALT_BYTES: Final = 48
PREFIX_BYTES: Final = 32
#: Random bytes for a blinding factor: enough more than the modulus that the remainder is even.
FACTOR_BYTES: Final = MODULUS_BYTES + 16
_HASH_BYTES: Final = 48
_TRAILER: Final = 0xBC


@dataclass(frozen=True, slots=True)
class Blinded:
    """``message``: what the server signs; ``inverse``: what opens its signature, the voter's secret."""

    message: bytes
    inverse: int = field(repr=False)


def blind(modulus: int, prepared: bytes, *, salt: bytes, factor: int) -> Blinded:
    """Blind (RFC 9474 §4.2) a prepared message (§4.1: prefix, message). ``factor`` is random in 1 … modulus − 1.

    Raises :class:`BadField` for a factor or a message that shares a divisor with the modulus (never, by chance).
    """
    encoded = int.from_bytes(encode_pss(prepared, modulus.bit_length() - 1, salt=salt))
    if math.gcd(encoded, modulus) != 1 or math.gcd(factor, modulus) != 1:
        raise BadField("blind", "is not coprime to the modulus")
    message = encoded * pow(factor, EXPONENT, modulus) % modulus
    return Blinded(message.to_bytes(_size(modulus)), pow(factor, -1, modulus))


def finalize(modulus: int, prepared: bytes, signed: bytes, inverse: int) -> bytes:
    """Finalize (§4.4): the signature of the prepared message; raises :class:`BadSignature` when it does not hold."""
    if len(signed) != _size(modulus):
        raise BadSignature("a blind signature of another length")
    signature = (int.from_bytes(signed) * inverse % modulus).to_bytes(_size(modulus))
    verify(modulus, prepared, signature)
    return signature


def verify(modulus: int, prepared: bytes, signature: bytes) -> None:
    """Raise :class:`BadSignature` unless it is an RSA-PSS signature of ``prepared`` (RFC 8017 §8.1.2)."""
    number = int.from_bytes(signature)
    if len(signature) != _size(modulus) or number >= modulus:
        raise BadSignature("a signature of another length")
    bits = modulus.bit_length() - 1
    opened = pow(number, EXPONENT, modulus)
    if opened.bit_length() > bits:
        raise BadSignature("no PSS encoding")
    _must_be_pss(prepared, opened.to_bytes((bits + 7) // 8), bits)


def encode_pss(message: bytes, bits: int, *, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017 §9.1.1) into ``bits`` bits."""
    size = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - len(salt) - _HASH_BYTES - 2) + b"\x01" + salt
    masked = bytearray(_xor(block, _mask(digest, len(block))))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + bytes((_TRAILER,))


def _must_be_pss(message: bytes, encoded: bytes, bits: int) -> None:
    """EMSA-PSS-VERIFY (RFC 8017 §9.1.2): the salt found in it must make the same encoding again."""
    masked, digest = encoded[: -_HASH_BYTES - 1], encoded[-_HASH_BYTES - 1 : -1]
    block = bytearray(_xor(masked, _mask(digest, len(masked))))
    block[0] &= 0xFF >> (8 * len(encoded) - bits)
    if encode_pss(message, bits, salt=bytes(block[-SALT_BYTES:])) != encoded:
        raise BadSignature("the token was not signed by the vote's key")


def _mask(seed: bytes, size: int) -> bytes:
    """MGF1 (RFC 8017 §B.2.1)."""
    blocks = (hashlib.sha384(seed + count.to_bytes(4)).digest() for count in range(-(-size // _HASH_BYTES)))
    return b"".join(blocks)[:size]


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left) ^ int.from_bytes(right)).to_bytes(len(left))


def _size(modulus: int) -> int:
    return (modulus.bit_length() + 7) // 8


def factor_of(random: bytes, modulus: int) -> int:
    """A blinding factor of :data:`FACTOR_BYTES` random bytes, even but for 2^-128."""
    return int.from_bytes(random) % (modulus - 1) + 1
