"""Questions of the page to the agent: put on its queue, answered once.

Rules: a page's thread waits for the answer, never longer than a person would. After the wait the answer is of no use
to anyone and is dropped. Passwords go to the seat as bytes that it wipes.

Usage::

    desk.ask(lambda request: ActAsked(request, act, kind, data))
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from edge.commands import Answer
from edge.errors import ServerRefused, Stopping
from edge.events import Event

if TYPE_CHECKING:
    from edge.seat import Seat

#: Longer than a sign-in waits for the server.
PATIENCE_S: Final = 20.0

Work = Callable[["Seat"], None]


class Desk:
    """Asks from any thread; ``put`` places work on the agent's queue."""

    def __init__(self, put: Callable[[Work], None]) -> None:
        self._put: Final = put
        self._numbers: Final = itertools.count(1)
        self._lock: Final = threading.Lock()
        self._waiting: Final[dict[int, queue.SimpleQueue[Answer]]] = {}

    def tell(self, event: Event) -> None:
        """Say something that needs no answer."""
        self._put(lambda seat: seat.handle(event))

    def ask(
        self, build: Callable[[int], Event], *, password: bytearray | None = None, code: bytearray | None = None
    ) -> Mapping[str, Any]:
        """Ask, and return what is answered when it is done; raises :class:`ServerRefused` with the answer's code."""
        request = next(self._numbers)
        box: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        with self._lock:
            self._waiting[request] = box

        def work(seat: Seat) -> None:
            if password is not None:
                seat.passwords.hold(request, password, code)
            seat.handle(build(request))

        self._put(work)
        try:
            found = box.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise Stopping from None
        finally:
            with self._lock:
                self._waiting.pop(request, None)
        if found.code:
            raise ServerRefused(found.code, **found.data)
        return found.data

    def answer(self, answer: Answer) -> None:
        """From the agent: hand an answer to whoever waits for it."""
        with self._lock:
            box = self._waiting.get(answer.request)
        if box is not None:
            box.put(answer)
