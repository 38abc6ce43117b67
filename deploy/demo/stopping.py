"""How the demo is stopped: the first signal ends it in order, a second one ends it at once.

Rules: Ctrl-C, `kill` and a closed terminal mean the same; the first raises :class:`Stopped` in the main thread,
wherever it is; the way out is then no longer interrupted.

Usage::

    with stopping(hurry=programs.kill_all), contextlib.suppress(Stopped):
        wait_for_signal()
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the demo to end. Not an Exception, so that no handler of faults takes it for one."""


@contextmanager
def stopping(*, hurry: Callable[[], None]) -> Iterator[None]:
    """Turn the first signal into :class:`Stopped` and any later one into a call of ``hurry``."""
    asked = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            hurry()
            return
        asked = True
        raise Stopped

    before = {number: signal.signal(number, hear) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_signal() -> NoReturn:
    """Do nothing until a signal raises :class:`Stopped`."""
    while True:
        signal.pause()
