"""Kinds of keys and hashes, and the bytes a token signs for them.

Rules: pure. RSA is PKCS #1 v1.5 (RFC 8017, 9.2) with the explicit NULL parameter that some tokens and checkers insist
on; ECDSA blocks are the leftmost bits of the hash (FIPS 186-5, 6.4.1), its signatures DER (RFC 3279, 2.2.3). SHA-1 and
keys shorter than RSA-2048 are not here on purpose.

Usage: `block = emsa_pkcs1(Digest.of(Hash.SHA256, message), size=256)`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

from edge.card.errors import AnswerGarbled

_DER_SEQUENCE: Final = 0x30
_DER_INTEGER: Final = 0x02


class Hash(Enum):
    """A hash by the name :mod:`hashlib` knows it by."""

    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


#: DigestInfo up to the hash: SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING } (RFC 8017, 9.2, note 1).
_DIGEST_INFO: Final = {
    Hash.SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
    Hash.SHA384: bytes.fromhex("3041300d060960864801650304020205000430"),
    Hash.SHA512: bytes.fromhex("3051300d060960864801650304020305000440"),
}
_LENGTHS: Final = {Hash.SHA256: 32, Hash.SHA384: 48, Hash.SHA512: 64}


class KeyKind(Enum):
    """A kind of key that tokens sign with here; the value is shown to people."""

    RSA_2048 = "RSA-2048"
    RSA_3072 = "RSA-3072"
    RSA_4096 = "RSA-4096"
    P256 = "P-256"
    P384 = "P-384"

    @property
    def is_rsa(self) -> bool:
        """RSA or elliptic curve."""
        return self in _RSA_BITS

    @property
    def size(self) -> int:
        """Bytes of a block and of an RSA signature; of a coordinate for a curve."""
        return _RSA_BITS[self] // 8 if self.is_rsa else _CURVE_BYTES[self]

    @property
    def usual_hash(self) -> Hash:
        """The hash to take when nothing else is asked for."""
        return Hash.SHA384 if self is KeyKind.P384 else Hash.SHA256


_RSA_BITS: Final = {KeyKind.RSA_2048: 2048, KeyKind.RSA_3072: 3072, KeyKind.RSA_4096: 4096}
_CURVE_BYTES: Final = {KeyKind.P256: 32, KeyKind.P384: 48}


@dataclass(frozen=True, slots=True)
class Digest:
    """A hash's value with its name; raises ``ValueError`` when the length is not that hash's."""

    hash: Hash
    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) != _LENGTHS[self.hash]:
            raise ValueError(f"{len(self.value)} bytes are no {self.hash.value}")

    @classmethod
    def of(cls, hash_: Hash, message: bytes) -> Digest:
        """Hash a message."""
        return cls(hash_, hashlib.new(hash_.value, message).digest())


def digest_info(digest: Digest) -> bytes:
    """DigestInfo in DER, with NULL."""
    return _DIGEST_INFO[digest.hash] + digest.value


def emsa_pkcs1(digest: Digest, *, size: int) -> bytes:
    """The block an RSA key of ``size`` bytes raises to its power."""
    info = digest_info(digest)
    return b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info


def ecdsa_block(digest: Digest, *, size: int) -> bytes:
    """The number a curve of ``size`` bytes signs: the leftmost bytes, a short hash with zeros before it."""
    return digest.value[:size].rjust(size, b"\0")


def block(kind: KeyKind, digest: Digest) -> bytes:
    """What a card is given to sign."""
    build = emsa_pkcs1 if kind.is_rsa else ecdsa_block
    return build(digest, size=kind.size)


def ecdsa_der(raw: bytes, *, size: int) -> bytes:
    """DER of a signature ``r || s`` of two times ``size`` bytes; raises :class:`AnswerGarbled`."""
    if len(raw) != 2 * size:
        raise AnswerGarbled(f"a signature of {len(raw)} bytes")
    body = b"".join(_integer(part) for part in (raw[:size], raw[size:]))
    length = bytes((len(body),)) if len(body) < 128 else bytes((0x81, len(body)))  # P-521 alone would need it
    return bytes((_DER_SEQUENCE,)) + length + body


def _integer(part: bytes) -> bytes:
    value = part.lstrip(b"\0") or b"\0"
    if value[0] & 0x80:
        value = b"\0" + value
    return bytes((_DER_INTEGER, len(value))) + value
