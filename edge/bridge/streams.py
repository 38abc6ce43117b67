"""One lock for what changes, and streams of what is newest.

Rules: a stream tells what it reads now, and again when that has become another; slow readers skip, they never queue.
Every few seconds without news it tells None, so that a page that has gone is noticed. Few streams at once.

Usage::

    newest = Newest()
    with newest.changing(): ...
    for told in newest.stream(read, is_last=lambda told: …, left=lambda: …): ...
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from edge.errors import TooManyScreens

PING_S: Final = 2.0
#: Some windows, each with a question; one that was closed is noticed at the next ping.
MAX_STREAMS: Final = 16

Told = dict[str, Any]


class Newest:
    """For all threads; the lock is taken again by whoever holds it."""

    def __init__(self) -> None:
        self._changed: Final = threading.Condition()
        self._count = 0
        self._streams = 0
        self._stopped = False

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock; every stream looks again afterwards."""
        with self._changed:
            yield
            self._count += 1
            self._changed.notify_all()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock."""
        with self._changed:
            yield

    def stop(self) -> None:
        """End all streams."""
        with self.changing():
            self._stopped = True

    def stream(
        self, read: Callable[[], Told], *, is_last: Callable[[Told], bool], left: Callable[[], None]
    ) -> Iterator[Told | None]:
        """See the module; ``left`` is called once, when it has ended. Raises TooManyScreens at once."""
        with self._changed:
            if self._streams >= MAX_STREAMS:
                raise TooManyScreens
            self._streams += 1

        def leave() -> None:
            with self._changed:
                self._streams -= 1
            left()

        return _Stream(self._tell(read, is_last), leave)

    def _tell(self, read: Callable[[], Told], is_last: Callable[[Told], bool]) -> Iterator[Told | None]:
        shown: Told | None = None
        while not self._stopped:
            with self._changed:
                seen, found = self._count, read()
            if found != shown:
                shown = found
                yield found
                if is_last(found):
                    return
            if not self._wait(seen):
                yield None

    def _wait(self, seen: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._count != seen or self._stopped, PING_S)


class _Stream(Iterator[Told | None]):
    """Gives its place back when it ends, also when it was never begun (a generator alone would keep it)."""

    def __init__(self, told: Iterator[Told | None], leave: Callable[[], None]) -> None:
        self._told: Final = told
        self._leave: Final = leave
        self._is_open = True

    def __next__(self) -> Told | None:
        try:
            return next(self._told)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Called by the server when the page has gone."""
        if self._is_open:
            self._is_open = False
            self._leave()
