"""The least anybody can need: a client that does nothing but wait for the service to say that the card is gone.

Rules: it waits for the very removals that the seat is measured with, in a thread and with a connection of its own.

Usage::

    with BareClient(reader) as bare:
        bare.begin(); ...; moment = bare.gone(timeout_s=5)     # on the monotonic clock
"""

from __future__ import annotations

import queue
import threading
import time
from types import TracebackType
from typing import Final, Self

from edge.card.pcsc import Context, ReaderState
from edge.card.watching import PRESENT

_WAIT_MS: Final = 10_000


class BareClient:
    """One reader, one removal at a time."""

    def __init__(self, reader: str) -> None:
        self._reader: Final = reader
        self._context: Final = Context.open()
        self._gone: Final[queue.SimpleQueue[float]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """From now on wait; returns when the card that is in has been seen."""
        (state,) = self._context.wait([ReaderState(self._reader, 0)], timeout_ms=0) or (ReaderState(self._reader, 0),)
        self._thread = threading.Thread(target=self._wait, args=(state,), daemon=True)
        self._thread.start()

    def gone(self, *, timeout_s: float) -> float:
        """When the service said so; raises ``queue.Empty``."""
        return self._gone.get(timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._thread is not None and self._thread.is_alive():
            self._context.cancel()
            self._thread.join(0.02)
        self._context.close()

    def _wait(self, state: ReaderState) -> None:
        while True:
            found = self._context.wait([state], timeout_ms=_WAIT_MS)
            at = time.monotonic()
            if found is None:
                return
            state = found[0]
            if not state.flags & PRESENT:
                self._gone.put(at)
                return
