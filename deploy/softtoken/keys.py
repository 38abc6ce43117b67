"""The card's private keys and what it does with them.

Rules: as a card: the block comes padded or hashed, the number is computed, nothing is looked at. Python's plain powers
are good enough for a development part and would not be for a token.

Usage: `key = Key(private, PinPolicy.ALWAYS)`; `key.use(algorithm, block)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from deploy.softtoken.ber import write
from deploy.softtoken.status import Refused, Status

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Algorithm(IntEnum):
    """SP 800-78, table 6-2."""

    RSA_3072 = 0x05
    RSA_2048 = 0x07
    P256 = 0x11
    P384 = 0x14


class PinPolicy(IntEnum):
    """When the PIN is wanted; the numbers are Yubico's, in GENERATE and IMPORT."""

    DEFAULT = 0
    NEVER = 1
    ONCE = 2
    ALWAYS = 3


_RSA: Final = {2048: Algorithm.RSA_2048, 3072: Algorithm.RSA_3072}
_BITS: Final = {algorithm: bits for bits, algorithm in _RSA.items()}
_CURVES: Final[dict[Algorithm, tuple[type[ec.EllipticCurve], hashes.HashAlgorithm]]] = {
    Algorithm.P256: (ec.SECP256R1, hashes.SHA256()),
    Algorithm.P384: (ec.SECP384R1, hashes.SHA384()),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A private key in a slot."""

    private: Private
    policy: PinPolicy
    imported: bool = True

    def __repr__(self) -> str:
        return f"Key({self.algorithm.name}, {self.policy.name})"

    @property
    def algorithm(self) -> Algorithm:
        """Its kind."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return _RSA[self.private.key_size]
        return Algorithm.P256 if self.private.curve.key_size == 256 else Algorithm.P384

    def public(self) -> bytes:
        """As GENERATE ASYMMETRIC KEY PAIR answers, without the outer tag."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            numbers = self.private.public_key().public_numbers()
            size = self.private.key_size // 8
            return write(0x81, numbers.n.to_bytes(size, "big")) + write(0x82, numbers.e.to_bytes(3, "big"))
        point = self.private.public_key().public_numbers()
        size = self.private.curve.key_size // 8
        return write(0x86, b"\4" + point.x.to_bytes(size, "big") + point.y.to_bytes(size, "big"))

    def use(self, algorithm: int, block: bytes) -> bytes:
        """The RSA power of a block, or an ECDSA signature of a hash."""
        if algorithm != self.algorithm:
            raise Refused(Status.WRONG_P1P2)
        if isinstance(self.private, rsa.RSAPrivateKey):
            return _power(self.private, block)
        _, digest = _CURVES[self.algorithm]
        if len(block) > digest.digest_size:
            raise Refused(Status.WRONG_DATA)
        return self.private.sign(block.rjust(digest.digest_size, b"\0"), ec.ECDSA(Prehashed(digest)))

    def agree(self, point: bytes) -> bytes:
        """ECDH with another's point."""
        if not isinstance(self.private, ec.EllipticCurvePrivateKey):
            raise Refused(Status.WRONG_DATA)
        try:
            other = ec.EllipticCurvePublicKey.from_encoded_point(self.private.curve, point)
        except ValueError as exc:
            raise Refused(Status.WRONG_DATA) from exc
        return self.private.exchange(ec.ECDH(), other)


def _power(private: rsa.RSAPrivateKey, block: bytes) -> bytes:
    size = private.key_size // 8
    if len(block) != size:
        raise Refused(Status.WRONG_DATA)
    numbers = private.private_numbers()
    value = int.from_bytes(block, "big")
    # Two half-sized powers and Garner's step (RFC 8017, 5.1.2).
    low = pow(value, numbers.dmq1, numbers.q)
    high = (pow(value, numbers.dmp1, numbers.p) - low) * numbers.iqmp % numbers.p
    return (low + high * numbers.q).to_bytes(size, "big")


def generate(algorithm: int, policy: PinPolicy) -> Key:
    """A new key."""
    return Key(make(_known(algorithm)), policy, imported=False)


def make(algorithm: Algorithm) -> Private:
    """A new private key of a kind."""
    if algorithm in _BITS:
        return rsa.generate_private_key(public_exponent=65_537, key_size=_BITS[algorithm])
    return ec.generate_private_key(_CURVES[algorithm][0]())


def imported(algorithm: int, fields: dict[int, bytes], policy: PinPolicy) -> Key:
    """A key from what IMPORT brings: primes (1, 2) or a scalar (6)."""
    known = _known(algorithm)
    try:
        if known in _CURVES:
            scalar = int.from_bytes(fields[6], "big")
            return Key(ec.derive_private_key(scalar, _CURVES[known][0]()), policy)
        p, q = (int.from_bytes(fields[tag], "big") for tag in (1, 2))
        d = pow(65_537, -1, (p - 1) * (q - 1))
        public = rsa.RSAPublicNumbers(65_537, p * q)
        dmp1, dmq1, iqmp = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
        private = rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, public).private_key()
    except (KeyError, ValueError) as exc:
        raise Refused(Status.WRONG_DATA) from exc
    return Key(private, policy)


def _known(algorithm: int) -> Algorithm:
    try:
        return Algorithm(algorithm)
    except ValueError as exc:
        raise Refused(Status.WRONG_DATA) from exc
