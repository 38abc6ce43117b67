"""Acts of seats, performed beside the distribution's thread: chunks do not wait for a password check.

Rules: one act of a device at a time and in the order they came; an act that is being performed is not begun again.
What comes of it is handed back to the distribution's queue. Acts of a kind that many give at the same moment are
performed together: what has come while one lot was committed is the next lot (bounded), so that five hundred ballots
wait for a few commits and not for five hundred. Those that a lot leaves, and all of one that fails, are performed one
by one; those that found the database away are tried again by their seats. Lots have a thread of their own: however many
acts wait to be performed alone, no ballot waits behind them.

Usage::

    desk.take(act, "s-…", size=400)
    ... desk.done(device)          # when the outcome has come back
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

from server.clock import Clock
from server.errors import Unavailable
from server.meetings.ports import TRY_AGAIN, ActHandler, GatheredHandler, Outcome, SentAct
from wire.messages import Act

_WORKERS: Final = 4
#: From the beginning of one lot to that of the next, while acts keep coming: a commit costs a processor as much as the
#: checks of five acts, and a room that presses at once would otherwise be a commit for every few.
_LOT_EVERY_S: Final = 0.02
#: What one commit takes at most.
_LOT: Final = 256
_LOT_BYTES: Final = 2**20
#: What waits of one device at most; a seat of this project has one act on its way, another may send all it has.
_QUEUED: Final = 4096
_QUEUED_BYTES: Final = 8 * 2**20
_LOG: Final = logging.getLogger("distribution")
#: Stands for no outcome yet.
_LEFT: Final = Outcome("left")


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

    def __init__(
        self,
        handler: ActHandler,
        clock: Clock,
        *,
        hand_back: Callable[[Performed], None],
        gathered: GatheredHandler | None = None,
    ) -> None:
        self._handler: Final = handler
        self._gathered: Final = gathered
        self._clock: Final = clock
        self._hand_back: Final = hand_back
        self._pool: Final = ThreadPoolExecutor(_WORKERS, thread_name_prefix="acts")
        self._lots: Final = ThreadPoolExecutor(1, thread_name_prefix="lots")
        self._waiting: dict[str, deque[_Waiting]] = {}
        #: the heads of their devices' queues that are performed together, and whether a worker is at it
        self._lot: Final[deque[_Waiting]] = deque()
        self._lot_begun = False
        self._closing: Final = threading.Event()
        self._lock: Final = threading.Lock()

    def take(self, act: Act, seat: str, *, size: int) -> None:
        """Perform ``act`` (of ``size`` bytes) when the device's earlier ones are done."""
        queue = self._waiting.setdefault(act.head.device, deque())
        if any(each.act.act == act.act for each in queue):
            return  # it will have its answer
        if len(queue) >= _QUEUED or sum(each.size for each in queue) + size > _QUEUED_BYTES:
            return  # the seat sends it again
        queue.append(_Waiting(act, seat, size))
        if len(queue) == 1:
            self._begin(queue[0])

    def done(self, device: str) -> None:
        """The first act of a device came to its end: begin the next."""
        queue = self._waiting[device]
        queue.popleft()
        if queue:
            self._begin(queue[0])
        else:
            del self._waiting[device]

    def close(self) -> None:
        """End; what was begun comes to its end."""
        self._closing.set()
        self._lots.shutdown(wait=True, cancel_futures=True)  # first: what a lot leaves goes to the others
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, waiting: _Waiting) -> None:
        if self._gathered is None or not self._gathered.takes(waiting.act):
            self._pool.submit(self._perform, waiting)
            return
        with self._lock:
            self._lot.append(waiting)
            is_first, self._lot_begun = not self._lot_begun, True
        if is_first:
            self._lots.submit(self._perform_lots, self._gathered)

    def _perform_lots(self, gathered: GatheredHandler) -> None:
        while lot := self._next_lot():
            begun_s = self._clock.monotonic_s()
            left: list[_Waiting] = []
            for waiting, outcome in zip(lot, self._together(gathered, lot), strict=True):
                if outcome is _LEFT:
                    left.append(waiting)
                else:
                    self._hand_back(Performed(waiting.act.head.device, waiting.act.act, outcome))
            # On other threads: nobody's next lot waits for them.
            for waiting in left:
                self._pool.submit(self._perform, waiting)
            # A single act never waits, and nobody waits long: what comes meanwhile shares the next commit.
            self._closing.wait(max(0.0, begun_s + _LOT_EVERY_S - self._clock.monotonic_s()))

    def _next_lot(self) -> list[_Waiting]:
        lot: list[_Waiting] = []
        size = 0
        with self._lock:
            while self._lot and len(lot) < _LOT and (not lot or size + self._lot[0].size <= _LOT_BYTES):
                lot.append(self._lot.popleft())
                size += lot[-1].size
            self._lot_begun = bool(lot)
        return lot

    def _together(self, gathered: GatheredHandler, lot: Sequence[_Waiting]) -> list[Outcome | None]:
        """What came of each: ``_LEFT`` of one that is to be performed alone, None of one that its seat tries again."""
        acts = [SentAct(each.act, each.act.head.device, each.seat) for each in lot]
        try:
            outcomes = gathered.perform_all(acts, now=self._clock.now())
        except Unavailable as exc:
            _LOG.warning("%d acts could not be performed now: %s", len(lot), exc)
            return [None] * len(lot)
        except Exception:  # noqa: BLE001 - whichever of them it was: alone it fails alone
            _LOG.exception("%d acts are performed one by one", len(lot))
            return [_LEFT] * len(lot)
        return [_LEFT if outcome is None else None if outcome is TRY_AGAIN else outcome for outcome in outcomes]

    def _perform(self, waiting: _Waiting) -> None:
        act, device = waiting.act, waiting.act.head.device
        outcome: Outcome | None = None
        try:
            outcome = self._handler.perform(act, device=device, seat=waiting.seat, now=self._clock.now())
        except Exception:  # noqa: BLE001 - whatever it is, the seat tries again and the desk goes on
            _LOG.exception("act %s of %s could not be performed now", act.act, device)
        self._hand_back(Performed(device, act.act, outcome))
