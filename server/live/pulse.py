"""The thread that ticks: when something has changed, at most ten times a second, and every second for the clocks.

Rules: nothing but this thread sends; a fault in one tick is logged and the next one tries again.

Usage::

    pulse = Pulse(hub, clock)
    pulse.start(); pulse.stop()
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from server.clock import Clock
from server.live.service import LiveHub

TICK_S: Final = 0.1
_IDLE_S: Final = 1.0
_LOG: Final = logging.getLogger("live")


class Pulse:
    """Starts and stops the hub's ticking."""

    def __init__(self, hub: LiveHub, clock: Clock) -> None:
        self._hub: Final = hub
        self._clock: Final = clock
        self._ending: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin ticking."""
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tick no more, and drop the screens."""
        self._ending.set()
        self._hub.woken.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._hub.close()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._hub.woken.wait(_IDLE_S)
            try:
                self._hub.tick(self._clock.monotonic_s())
            except Exception:  # noqa: BLE001 - the next tick finds the same changes and tries again
                _LOG.exception("a tick failed")
            self._ending.wait(TICK_S)
