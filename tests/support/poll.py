"""Waiting for something in a test, with an end: never a fixed sleep.

Usage: `until(lambda: seat.ready)`, `pid = until(lambda: kept.pid, timeout_s=5)`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(found: Callable[[], T], *, timeout_s: float = 10.0, every_s: float = 0.01, what: str = "") -> T:
    """The first true answer of ``found``; raises AssertionError when there is none in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s:g} s: {what or 'the condition'} (last: {answer!r})")
        time.sleep(every_s)
