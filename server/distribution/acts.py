"""Acts of seats, performed beside the distribution's thread: chunks do not wait for a password check.

Rules: one act of a device at a time and in the order they came; an act that is being performed is not begun again.
What comes of it is handed back to the distribution's queue.

Usage::

    desk.take(act, "s-…", size=400)
    ... desk.done(device)          # when the outcome has come back
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

from server.clock import Clock
from server.meetings.ports import ActHandler, Outcome
from wire.messages import Act

_WORKERS: Final = 4
#: What waits of one device at most; a seat of this project has one act on its way, another may send all it has.
_QUEUED: Final = 4096
_QUEUED_BYTES: Final = 8 * 2**20
_LOG: Final = logging.getLogger("distribution")


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of an act; ``outcome`` is None when it has to be tried again."""

    device: str
    act: str
    outcome: Outcome | None


class _Waiting(NamedTuple):
    act: Act
    seat: str
    size: int


class ActDesk:
    """Takes acts and hands outcomes back. For the distribution's thread only."""

    def __init__(self, handler: ActHandler, clock: Clock, *, hand_back: Callable[[Performed], None]) -> None:
        self._handler: Final = handler
        self._clock: Final = clock
        self._hand_back: Final = hand_back
        self._pool: Final = ThreadPoolExecutor(_WORKERS, thread_name_prefix="acts")
        self._waiting: dict[str, deque[_Waiting]] = {}

    def take(self, act: Act, seat: str, *, size: int) -> None:
        """Perform ``act`` (of ``size`` bytes) when the device's earlier ones are done."""
        queue = self._waiting.setdefault(act.head.device, deque())
        if any(each.act.act == act.act for each in queue):
            return  # it will have its answer
        if len(queue) >= _QUEUED or sum(each.size for each in queue) + size > _QUEUED_BYTES:
            return  # the seat sends it again
        queue.append(_Waiting(act, seat, size))
        if len(queue) == 1:
            self._pool.submit(self._perform, act, seat)

    def done(self, device: str) -> None:
        """The first act of a device came to its end: begin the next."""
        queue = self._waiting[device]
        queue.popleft()
        if queue:
            self._pool.submit(self._perform, queue[0].act, queue[0].seat)
        else:
            del self._waiting[device]

    def close(self) -> None:
        """End; what was begun comes to its end."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _perform(self, act: Act, seat: str) -> None:
        device = act.head.device
        outcome: Outcome | None = None
        try:
            outcome = self._handler.perform(act, device=device, seat=seat, now=self._clock.now())
        except Exception:  # noqa: BLE001 - whatever it is, the seat tries again and the desk goes on
            _LOG.exception("act %s of %s could not be performed now", act.act, device)
        self._hand_back(Performed(device, act.act, outcome))
