"""The key of one secret vote that signs blind: made, kept, used (RFC 9474 §4.3).

Rules W76: RSA-2048 by ``cryptography``; kept as the two primes, wrapped by the master key. ``cryptography`` has no bare
RSA operation, so it is computed here with Python's integers, which are not constant-time: number and exponent are
blinded with fresh randomness each time, and the result is checked before it leaves (docs/adr/0016).

Usage::

    key = TokenKey.generate()
    signed = key.sign(blinded, random=os.urandom)        # raises BadField
    row.wrapped = master.wrap(key.to_secret())
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from wire.blind import EXPONENT, FACTOR_BYTES, MODULUS_BITS, MODULUS_BYTES, factor_of
from wire.errors import BadField
from wire.secret import Secret

_PRIME_BYTES: Final = MODULUS_BYTES // 2
#: Random multiples of φ added to the exponents.
_EXTRA_BYTES: Final = 8


class TokenKey:
    """The private key; shows nowhere but its modulus."""

    __slots__ = ("_p", "_q", "modulus")

    def __init__(self, p: int, q: int) -> None:
        self._p: Final = p
        self._q: Final = q
        self.modulus: Final = p * q

    @classmethod
    def generate(cls) -> TokenKey:
        """A fresh one (a tenth of a second)."""
        numbers = rsa.generate_private_key(EXPONENT, MODULUS_BITS).private_numbers()
        return cls(numbers.p, numbers.q)

    @classmethod
    def from_secret(cls, secret: Secret) -> TokenKey:
        """The key again."""
        data = secret.reveal()
        return cls(int.from_bytes(data[:_PRIME_BYTES]), int.from_bytes(data[_PRIME_BYTES:]))

    def to_secret(self) -> Secret:
        """Both primes, 256 bytes, to be wrapped."""
        return Secret(self._p.to_bytes(_PRIME_BYTES) + self._q.to_bytes(_PRIME_BYTES))

    @property
    def public(self) -> str:
        """The modulus as the log has it: 512 hexadecimal digits."""
        return self.modulus.to_bytes(MODULUS_BYTES).hex()

    def sign(self, blinded: bytes, *, random: Callable[[int], bytes]) -> bytes:
        """BlindSign (§4.3): 256 bytes; the same of the same. Raises :class:`BadField` for what is no number to sign."""
        number = int.from_bytes(blinded)
        if len(blinded) != MODULUS_BYTES or number >= self.modulus or math.gcd(number, self.modulus) != 1:
            raise BadField("ballot_ask.blinded", "is no number that could be signed")
        factor = factor_of(random(FACTOR_BYTES), self.modulus)
        signed = self._power(number * pow(factor, EXPONENT, self.modulus) % self.modulus, random)
        signed = signed * pow(factor, -1, self.modulus) % self.modulus
        if pow(signed, EXPONENT, self.modulus) != number:
            # A half that went wrong would give the primes away.
            raise ArithmeticError("the private operation failed")
        return signed.to_bytes(MODULUS_BYTES)

    def _power(self, number: int, random: Callable[[int], bytes]) -> int:
        """``number`` to the private exponent, by the two primes (RFC 8017 §5.1.2)."""
        halves = [
            pow(number % prime, _exponent(prime, int.from_bytes(random(_EXTRA_BYTES))), prime)
            for prime in (self._p, self._q)
        ]
        step = (halves[0] - halves[1]) * pow(self._q, -1, self._p) % self._p
        return halves[1] + self._q * step

    def __repr__(self) -> str:
        return f"TokenKey({self.public[:16]}…)"

    def __reduce__(self) -> str:
        raise TypeError("a TokenKey cannot be pickled")


def _exponent(prime: int, times: int) -> int:
    return pow(EXPONENT, -1, prime - 1) + times * (prime - 1)
