"""What seats say, at a pace at which all of them are heard.

Rules: a device may say so much at once and so much a second; what goes beyond waits in a line of its own, in its order,
and comes when its turn is there. A seat that has much to say (a large paper's reports, the acts of a long outage) is
slowed and loses nothing. One that fills its line is hostile: what comes then is passed over, unopened, and the seat
would have to say it again. Many threads may put; one takes.

Usage::

    if inflow.admits(device, came, size=len(payload), at_s=now_s): queue.put(came)
    for came in inflow.due(now_s): queue.put(came)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from server.fleet.errors import TooManyRequests
from server.fleet.limits import AddressLimit

BURST: Final = 400
PER_S: Final = 60.0
#: Waiting messages of one device: more than a seat of a room ever has, acts of weeks included.
LINE: Final = 2048
LINE_BYTES: Final = 8 * 2**20

T = TypeVar("T")


@dataclass(slots=True)
class _Line(Generic[T]):
    waiting: deque[tuple[T, int]] = field(default_factory=deque)
    size_bytes: int = 0


class Inflow(Generic[T]):
    """The lines of all devices. ``passed_over`` counts what was not taken."""

    def __init__(self, *, burst: int = BURST, per_s: float = PER_S, line: int = LINE) -> None:
        self._limit: Final = AddressLimit(burst=burst, per_s=per_s)
        self._most: Final = line
        self._lock: Final = threading.Lock()
        self._lines: Final[dict[str, _Line[T]]] = {}
        self.passed_over = 0

    def admits(self, device: str, said: T, *, size: int, at_s: float) -> bool:
        """Whether ``said`` may be heard now; otherwise it waits, or is passed over when the line is full."""
        with self._lock:
            if device not in self._lines and self._may(device, at_s):
                return True
            line = self._lines.setdefault(device, _Line())
            if len(line.waiting) >= self._most or line.size_bytes + size > LINE_BYTES:
                self.passed_over += 1
            else:
                line.waiting.append((said, size))
                line.size_bytes += size
            return False

    def follows(self, device: str, said: T) -> bool:
        """For what the broker itself says of a device: heard now, or after all that the device said before."""
        with self._lock:
            line = self._lines.get(device)
            if line is None:
                return True
            line.waiting.append((said, 0))
            return False

    def due(self, at_s: float) -> Iterator[T]:
        """What has waited long enough, of each device in its order."""
        with self._lock:
            devices = list(self._lines)
        for device in devices:
            while (said := self._next(device, at_s)) is not None:
                yield said

    @property
    def has_waiting(self) -> bool:
        """Whether anything waits."""
        with self._lock:
            return bool(self._lines)

    def _next(self, device: str, at_s: float) -> T | None:
        with self._lock:
            line = self._lines[device]
            if not line.waiting:
                del self._lines[device]
                return None
            if not self._may(device, at_s):
                return None
            said, size = line.waiting.popleft()
            line.size_bytes -= size
            return said

    def _may(self, device: str, at_s: float) -> bool:
        try:
            self._limit.take(device, at_s=at_s)
        except TooManyRequests:
            return False
        return True
