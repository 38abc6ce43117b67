"""PIN and PUK of the card: eight bytes, a counter each (SP 800-73-4, part 2, 2.4.3 and 3.2).

Rules: a try is counted before the comparison and given back after it, so that pulling the card out gains nothing.

Usage: `pins.pin.check(data)`; `pins.unblock(puk, new)`.
"""

from __future__ import annotations

import hmac
from typing import Final

from deploy.softtoken.status import Refused, Status

SIZE: Final = 8
_SHORTEST: Final = 4
_PAD: Final = 0xFF


class Counter:
    """One secret with its tries."""

    def __init__(self, value: str, tries: int) -> None:
        self._value = _padded(value)
        self.limit = tries
        self.left = tries
        self.is_default = value in {"123456", "12345678"}

    def check(self, given: bytes) -> None:
        """Return when it is the secret; else 63Cx, or 6983 when none is left."""
        if self.left == 0:
            raise Refused(Status.BLOCKED)
        if len(given) != SIZE:
            raise Refused(Status.WRONG_DATA)
        self.left -= 1
        if not hmac.compare_digest(given, self._value):
            raise Refused(Status.TRIES | self.left)
        self.left = self.limit

    def change(self, new: bytes) -> None:
        """Take another secret and all tries."""
        plain = new.rstrip(bytes([_PAD]))
        if len(new) != SIZE or len(plain) < _SHORTEST or _PAD in plain:
            raise Refused(Status.WRONG_DATA)
        self._value = bytes(new)
        self.left = self.limit
        self.is_default = False

    def set_limit(self, tries: int) -> None:
        """Yubico's SET PIN RETRIES."""
        self.limit = self.left = tries


class Pins:
    """Both, and whether the PIN counts as given."""

    def __init__(self, pin: str, puk: str, tries: int) -> None:
        self.pin = Counter(pin, tries)
        self.puk = Counter(puk, tries)
        self.verified = False

    def verify(self, given: bytes) -> None:
        """VERIFY with data."""
        self.verified = False
        self.pin.check(given)
        self.verified = True

    def status(self) -> None:
        """VERIFY without data: return when given, else say how many tries are left."""
        if self.verified:
            return
        raise Refused(Status.TRIES | self.pin.left if self.pin.left else Status.BLOCKED)

    def change(self, which: Counter, data: bytes) -> None:
        """CHANGE REFERENCE DATA: old and new, eight bytes each."""
        if len(data) != 2 * SIZE:
            raise Refused(Status.WRONG_DATA)
        which.check(data[:SIZE])
        which.change(data[SIZE:])

    def unblock(self, data: bytes) -> None:
        """RESET RETRY COUNTER: PUK and new PIN."""
        if len(data) != 2 * SIZE:
            raise Refused(Status.WRONG_DATA)
        self.puk.check(data[:SIZE])
        self.pin.change(data[SIZE:])
        self.verified = False


def _padded(value: str) -> bytes:
    data = value.encode()
    if not _SHORTEST <= len(data) <= SIZE:
        raise ValueError("a PIN of this card has four to eight bytes")
    return data.ljust(SIZE, bytes([_PAD]))
