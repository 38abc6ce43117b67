"""How often one address may ask: a token bucket per address.

Rules: an address may ask `burst` times at once and `per_s` times a second in the long run; what it may not, it is told
when to try again. Memory is bounded: full buckets are as good as none and are dropped.

Usage::

    limit = AddressLimit(burst=60, per_s=2.0)
    limit.take("10.0.0.7", at_s=clock.monotonic_s())    # raises TooManyRequests
"""

from __future__ import annotations

import math
import threading
from typing import Final

from server.fleet.errors import TooManyRequests

MAX_ADDRESSES: Final = 10_000


class AddressLimit:
    """The buckets of all addresses; may be asked by many threads."""

    def __init__(self, *, burst: int, per_s: float, max_addresses: int = MAX_ADDRESSES) -> None:
        self._max_addresses: Final = max_addresses
        self._burst: Final = burst
        self._per_s: Final = per_s
        self._lock: Final = threading.Lock()
        #: address → (tokens left, when that was so)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, address: str, *, at_s: float) -> None:
        """Count one request; raises :class:`TooManyRequests` with the seconds to wait."""
        with self._lock:
            left = self._left(address, at_s)
            if left < 1:
                raise TooManyRequests(wait_s=math.ceil((1 - left) / self._per_s))
            if len(self._buckets) >= self._max_addresses:
                self._drop_full(at_s)
            self._buckets[address] = (left - 1, at_s)

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._buckets)

    def _left(self, address: str, at_s: float) -> float:
        left, since_s = self._buckets.get(address, (float(self._burst), at_s))
        return min(float(self._burst), left + max(0.0, at_s - since_s) * self._per_s)

    def _drop_full(self, at_s: float) -> None:
        full = [address for address in self._buckets if self._left(address, at_s) >= self._burst]
        # When a flood fills the table with half-used buckets, the oldest goes: a bound is worth more than fairness.
        for address in full or [next(iter(self._buckets))]:
            del self._buckets[address]
