"""The newest screen, for all threads of the page, and the stream of what changes on it (W44).

Rules: a stream sends the difference between what it sent last and the newest screen, however many came between; slow
pages skip, they never queue. A number that goes back (another meeting) cannot be a patch: the stream then sends one
whose base nobody has, and the page asks for everything. A seat has few screens; more streams than that are refused.

Usage::

    board.show(screen)
    for event in board.stream(): ...
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from edge.errors import Stopping, TooManyScreens
from edge.screen import Screen
from wire.view import diff

PING_S: Final = 10.0
#: After a break a browser would wait three seconds by itself before it connects again.
AGAIN_MS: Final = 500
MAX_STREAMS: Final = 6
_NOBODY: Final = -1


class _Told(NamedTuple):
    """What was told last of one kind, and its number among all that was told."""

    number: int
    value: dict[str, Any]


class Board:
    """Holds one screen; ``generation`` counts how often the reader has changed."""

    def __init__(self) -> None:
        self._changed: Final = threading.Condition()
        self._screen: Screen | None = None
        self._count = 0
        self._streams = 0
        self._stopped = False
        self._points: dict[str, _Told] = {}
        self._pointed = 0

    def show(self, screen: Screen) -> None:
        """A new screen."""
        with self._changed:
            self._screen = screen
            self._count += 1
            self._changed.notify_all()

    def point(self, kind: str, value: dict[str, Any]) -> None:
        """The presenter points or sees: told to the pages that listen now, of each kind the newest (W110, W124)."""
        with self._changed:
            self._pointed += 1
            self._points[kind] = _Told(self._pointed, value)
            self._changed.notify_all()

    def conceal(self) -> None:
        """The screen stays, its papers go: nobody is handed one until the next screen."""
        with self._changed:
            if self._screen is not None:
                self._screen = replace(self._screen, documents={}, is_concealed=True)

    def stop(self) -> None:
        """End all streams."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def now(self) -> Screen:
        """The newest screen; raises :class:`Stopping` before the first."""
        with self._changed:
            if self._screen is None:
                raise Stopping
            return self._screen

    def stream(self) -> Iterator[str]:
        """Server-Sent Events from now on; raises :class:`TooManyScreens` at once, not at the first event."""
        with self._changed:
            if self._streams >= MAX_STREAMS:
                raise TooManyScreens
            self._streams += 1
            screen, count, pointed = self._screen, self._count, self._pointed
        return _Stream(self._events(screen, count, pointed), self._left)

    def _left(self) -> None:
        with self._changed:
            self._streams -= 1

    def _events(self, screen: Screen | None, count: int, pointed: int) -> Iterator[str]:
        # The page's request for everything may have been answered before the stream began.
        yield f": here\nretry: {AGAIN_MS}\n\n"
        while not self._stopped:
            newest, newest_count, points = self._wait(count, pointed)
            for kind, told in points:
                pointed = max(pointed, told.number)
                yield f"event: {kind}\ndata: {json.dumps(told.value)}\n\n"
            if points and newest_count == count:
                continue
            if newest_count == count or newest is None:
                yield ": ping\n\n"
                continue
            patch = patch_between(screen, newest)
            screen, count = newest, newest_count
            if patch is not None:
                yield f"event: patch\ndata: {json.dumps(patch, ensure_ascii=False)}\n\n"

    def _wait(self, seen: int, pointed: int) -> tuple[Screen | None, int, list[tuple[str, _Told]]]:
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen or self._pointed != pointed or self._stopped, PING_S)
            return self._screen, self._count, [each for each in self._points.items() if each[1].number > pointed]


class _Stream(Iterator[str]):
    """Gives its place back when it ends, also when it was never begun (a generator alone would keep it)."""

    def __init__(self, events: Iterator[str], left: Callable[[], None]) -> None:
        self._events: Final = events
        self._left: Final = left
        self._is_open = True

    def __next__(self) -> str:
        try:
            return next(self._events)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Called by the server when the page has gone."""
        if self._is_open:
            self._is_open = False
            self._left()


def patch_between(before: Screen | None, after: Screen) -> dict[str, Any] | None:
    """What brings a page from ``before`` to ``after``; None when they look the same."""
    if before is None or after.seq < before.seq or _meeting(before) != _meeting(after):
        seq = after.seq if before is None else max(before.seq, after.seq)
        return {"base": _NOBODY, "seq": seq, "sections": {}}
    changed = diff(dict(before.sections), dict(after.sections))
    if not changed and before.seq == after.seq:
        return None
    return {"base": before.seq, "seq": after.seq, "sections": changed}


def _meeting(screen: Screen) -> object:
    meeting = screen.sections.get("meeting")
    return None if meeting is None else meeting.get("id")
