"""Watches the readers in a thread of its own and tells what goes in and out (``edge/card/watching.py``).

Rules: any error ends the look, not the monitor: it says that the service is gone, waits a little longer each time and
begins with a new context. The wait is ended by the service when something happens; it is begun anew every two seconds
all the same, so that a reader the service forgot to tell of is found. ``tell`` is called in the monitor's thread: it
puts the event on a queue and returns.

Usage::

    monitor = Monitor(queue.put)
    monitor.start()
    ...
    monitor.stop()
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from edge.card import watching
from edge.card.errors import CardError, ReaderGone, WaitCancelled
from edge.card.pcsc import MAX_WAITED, PNP, Context, ReaderState
from edge.card.watching import CardEvent, ServiceBack, ServiceGone, Watch

_LOG: Final = logging.getLogger(__name__)
_WAIT_MS: Final = 2_000
#: With as many readers as the service takes there is no room for "a reader came"; the wait is short instead.
_CROWDED_WAIT_MS: Final = 500
_FIRST_REST_S: Final = 0.1
_LONGEST_REST_S: Final = 3.0
_CANCEL_EVERY_S: Final = 0.02
_COUNT_SHIFT: Final = 16


class Monitor:
    """One thread, one context at a time."""

    def __init__(
        self, tell: Callable[[CardEvent], None], *, open_context: Callable[[], Context] = Context.open
    ) -> None:
        self._tell: Final = tell
        self._open_context: Final = open_context
        self._stopping: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._run, name="card-monitor", daemon=True)
        self._lock: Final = threading.Lock()
        self._context: Context | None = None
        self._watch = Watch()

    def start(self) -> None:
        """Begin; what is in the readers already is told as coming in."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """End the thread and wait for it. Raises ``TimeoutError`` when a driver does not let go."""
        self._stopping.set()
        left = int(timeout_s / _CANCEL_EVERY_S)
        while self._thread.is_alive():
            if left <= 0:
                raise TimeoutError("the card monitor is held by the service")
            # A cancel between two waits is lost, hence again and again.
            with self._lock:
                if self._context is not None:
                    self._context.cancel()
            self._thread.join(_CANCEL_EVERY_S)
            left -= 1

    def _run(self) -> None:
        rest_s = _FIRST_REST_S
        while not self._stopping.is_set():
            try:
                context = self._open_context()
            except CardError as exc:
                self._note(watching.lost(self._watch, exc.code))
            else:
                with self._lock:
                    self._context = context
                if self._look_until_error(context):
                    rest_s = _FIRST_REST_S
                with self._lock:
                    self._context = None
                    context.close()
            self._stopping.wait(rest_s)
            rest_s = min(2 * rest_s, _LONGEST_REST_S)

    def _look_until_error(self, context: Context) -> bool:
        """Look until an error or the stop; gives whether at least one look went well."""
        looked = False
        try:
            while not self._stopping.is_set():
                readers = context.readers()
                self._note(watching.observe(self._watch, readers, ()))
                states = context.wait(self._asked(), timeout_ms=self._patience_ms())
                if states is not None:
                    self._note(watching.observe(self._watch, readers, states))
                looked = True
        except (WaitCancelled, ReaderGone):
            # A reader that went between the list and the wait is no fault of the service; the next look tells.
            return looked
        except CardError as exc:
            self._note(watching.lost(self._watch, exc.code))
        return looked

    def _asked(self) -> list[ReaderState]:
        asked = [ReaderState(name, flags) for name, flags in watching.known(self._watch)][:MAX_WAITED]
        if len(asked) < MAX_WAITED:
            asked.append(ReaderState(PNP, len(asked) << _COUNT_SHIFT))
        return asked

    def _patience_ms(self) -> int:
        return _WAIT_MS if len(self._watch.seen) < MAX_WAITED else _CROWDED_WAIT_MS

    def _note(self, looked: watching.Looked) -> None:
        self._watch, events = looked
        for event in events:
            # Cards come and go all day, and the machine says what became of each; the service going is news.
            level = logging.INFO if isinstance(event, ServiceGone | ServiceBack) else logging.DEBUG
            _LOG.log(level, "%s", event)
            self._tell(event)
