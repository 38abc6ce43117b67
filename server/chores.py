"""What has to be looked after now and then, beside the requests: one thread, one chore after the other.

Rules: a chore is short, may be done twice, and does in portions what would take long; one that fails is told in the log
and tried again when it is due the next time. Each is done once at the start: the server may have died just before.

Usage::

    chores = Chores(clock)
    chores.add(Chore("old acts", every_s=3600, do=prune))
    chores.start(); chores.stop()
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.clock import Clock
from server.errors import Unavailable

_LOG: Final = logging.getLogger("chores")


@dataclass(frozen=True, slots=True)
class Chore:
    """What to do every ``every_s`` seconds."""

    name: str
    every_s: float
    do: Callable[[], None]


class Chores:
    """Starts and stops the thread that does them."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._ending: Final = threading.Event()
        self._due_s: Final[dict[Chore, float]] = {}
        self._thread: threading.Thread | None = None

    def add(self, chore: Chore) -> None:
        """One more, before the start."""
        self._due_s[chore] = float("-inf")

    def start(self) -> None:
        """Do each now and whenever it is due."""
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no more."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def do_due(self) -> float:
        """Do what is due; seconds until the next one is."""
        now_s = self._clock.monotonic_s()
        for chore, due_s in self._due_s.items():
            if due_s <= now_s and not self._ending.is_set():
                self._due_s[chore] = now_s + chore.every_s
                self._do(chore)
        return max(0.0, min(self._due_s.values(), default=now_s + 1) - self._clock.monotonic_s())

    def _do(self, chore: Chore) -> None:
        try:
            chore.do()
        except Unavailable as exc:
            _LOG.warning("%s: %s", chore.name, exc)
        except Exception:  # noqa: BLE001 - whatever it is, the others are done and this one is tried again
            _LOG.exception("%s failed", chore.name)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._ending.wait(self.do_due())
