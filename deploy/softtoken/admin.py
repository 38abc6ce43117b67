"""Key 9B: how a host shows that it may write to the card (SP 800-73-4, part 2, appendix A.1 and A.2).

Rules: a challenge is good for one answer; the wrong answer ends the right to write. 3DES is what older hosts speak.

Usage: `answer = admin.exchange(algorithm, fields, challenge=os.urandom)`; `admin.authenticated`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes

from deploy.softtoken.ber import write
from deploy.softtoken.status import Refused, Status

_DYNAMIC: Final = 0x7C
_WITNESS: Final = 0x80
_CHALLENGE: Final = 0x81
_RESPONSE: Final = 0x82
TDES: Final = 0x03
#: Algorithm: length of the key, length of a block.
_KINDS: Final = {TDES: (24, 8), 0x08: (16, 16), 0x0A: (24, 16), 0x0C: (32, 16)}
#: What every fresh card of Yubico's older kind has; hosts try it by themselves.
DEFAULT_KEY: Final = bytes.fromhex("010203040506070801020304050607080102030405060708")


class Admin:
    """The right to write, and how it is got."""

    def __init__(self, key: bytes = DEFAULT_KEY, algorithm: int = TDES) -> None:
        self.authenticated = False
        self.algorithm = algorithm
        self._key = b""
        self._asked: tuple[int, bytes] | None = None
        self.change(algorithm, key)

    def change(self, algorithm: int, key: bytes) -> None:
        """Take another key."""
        if algorithm not in _KINDS or len(key) != _KINDS[algorithm][0]:
            raise Refused(Status.WRONG_DATA)
        self.algorithm, self._key = algorithm, key

    @property
    def is_default(self) -> bool:
        """Whether anybody could know the key."""
        return self._key == DEFAULT_KEY

    def forget(self) -> None:
        """After a reset."""
        self.authenticated = False
        self._asked = None

    def exchange(self, algorithm: int, fields: dict[int, bytes], challenge: Callable[[int], bytes]) -> bytes:
        """One of the four steps; gives the answer's data."""
        if algorithm not in {0, self.algorithm}:
            raise Refused(Status.WRONG_P1P2)
        asked, self._asked = self._asked, None
        size = _KINDS[self.algorithm][1]
        if fields.get(_WITNESS) == b"":
            witness = challenge(size)
            self._asked = (_WITNESS, witness)
            return write(_DYNAMIC, write(_WITNESS, self._encrypt(witness)))
        if fields.get(_CHALLENGE) == b"":
            plain = challenge(size)
            self._asked = (_RESPONSE, plain)
            return write(_DYNAMIC, write(_CHALLENGE, plain))
        return self._answered(asked, fields)

    def _answered(self, asked: tuple[int, bytes] | None, fields: dict[int, bytes]) -> bytes:
        self.authenticated = False
        if asked is None:
            raise Refused(Status.WRONG_DATA)
        tag, value = asked
        wanted = value if tag == _WITNESS else self._encrypt(value)
        if not hmac.compare_digest(fields.get(tag, b""), wanted):
            raise Refused(Status.NOT_VERIFIED)
        self.authenticated = True
        theirs = fields.get(_CHALLENGE)
        if tag != _WITNESS or theirs is None:
            return b""
        if len(theirs) != len(value):
            raise Refused(Status.WRONG_DATA)
        return write(_DYNAMIC, write(_RESPONSE, self._encrypt(theirs)))

    def _encrypt(self, block: bytes) -> bytes:
        kind: CipherAlgorithm = TripleDES(self._key) if self.algorithm == TDES else algorithms.AES(self._key)
        encryptor = Cipher(kind, modes.ECB()).encryptor()  # noqa: S305 - one block of the standard's protocol
        return encryptor.update(block) + encryptor.finalize()
