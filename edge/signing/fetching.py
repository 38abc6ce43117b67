"""A round's file on its way to this seat: which parts to ask for next, and the whole of it when it is good (W60).

Rules: pure. One window is asked for at a time; when nothing came for a while, what lacks is asked for again. Parts of
another file, or that were here before, change nothing. The whole is given out only when its hash is the one that was
asked for; one that is not is thrown away and fetched anew, once.

Usage::

    fetch = Fetch(round, sha256, size_bytes)
    first = fetch.due(now_s)               # None: wait
    fetch.take(part); whole = fetch.whole()
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from wire.messages import SignPart
from wire.messages.signing import PART_BYTES, WINDOW

AGAIN_S: Final = 3.0
_TIMES: Final = 2


class Fetch:
    """One file. ``failed``: what came was not the file, twice."""

    def __init__(self, round_id: str, sha256: str, size_bytes: int) -> None:
        self.round: Final = round_id
        self.sha256: Final = sha256
        self.size_bytes: Final = size_bytes
        self.parts: Final = -(-size_bytes // PART_BYTES)
        self.failed = False
        self._kept: dict[int, bytes] = {}
        self._asked: tuple[int, float] | None = None
        self._wrong = 0

    @property
    def have(self) -> int:
        """Parts that are here."""
        return len(self._kept)

    def due(self, now_s: float) -> int | None:
        """The first part to ask for now, or None while parts are on their way or all are here."""
        if self.failed or self.have == self.parts:
            return None
        first = next(number for number in range(self.parts) if number not in self._kept)
        if self._asked is not None:
            asked, at_s = self._asked
            if first < min(asked + WINDOW, self.parts) and now_s - at_s < AGAIN_S:
                return None
        self._asked = (first, now_s)
        return first

    def hasten(self) -> None:
        """What was asked for is lost: the link was gone."""
        self._asked = None

    def take(self, part: SignPart, now_s: float) -> bool:
        """Keep a part; whether it was new."""
        is_mine = (part.round, part.sha256, part.parts) == (self.round, self.sha256, self.parts)
        if not is_mine or part.part in self._kept or len(part.data) != self._length(part.part):
            return False
        self._kept[part.part] = part.data
        if self._asked is not None:
            self._asked = (self._asked[0], now_s)
        return True

    def whole(self) -> bytes | None:
        """The file, once it is all here and is the one that was asked for."""
        if self.have < self.parts or self.failed:
            return None
        data = b"".join(self._kept[number] for number in range(self.parts))
        if hmac.compare_digest(hashlib.sha256(data).hexdigest(), self.sha256):
            return data
        self._kept.clear()
        self._asked = None
        self._wrong += 1
        self.failed = self._wrong >= _TIMES
        return None

    def _length(self, part: int) -> int:
        return PART_BYTES if part < self.parts - 1 else self.size_bytes - PART_BYTES * (self.parts - 1)
