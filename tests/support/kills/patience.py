"""Asking again until there is an answer, as a person and a browser do – with an end.

Rules: a refusal is an answer; only what may have died with a program is asked again. Whoever waits longer than
``GOES_ON_S`` has been let down: that is what the meeting may take after a kill.

Usage: ``seq = patiently(lambda: client.get(path)["seq"], what="the meeting")``
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from deploy.demo.errors import DemoError, Refused
from tests.support.poll import until

#: A meeting goes on within so long after a kill. Beside the rest of the suite the machine alone may take as long.
GOES_ON_S = 60.0 if "PHONGHOP_TEST_KILLS" in os.environ else 120.0
_SERVER_FAULT = 500
#: Refusals that only say "not now": signed out by a restart, or asked at a seat that is just coming back.
_LATER = frozenset(
    {"not-signed-in", "no-meeting", "offline", "seat-card-at-work", "seat-sign-in-first", "seat-sign-in-running"}
    | {"seat-token-busy", "seat-token-needed", "seat-wrong-token", "session-locked", "too-many-tries-here"}
)

T = TypeVar("T")


class Waits:
    """The longest that anybody waited for an answer, and for what."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.what = ""

    def taken(self) -> str:
        """What it was since the last time somebody asked, in words."""
        said = f"{self.longest_s:.1f} s for {self.what}"
        self.longest_s, self.what = 0.0, ""
        return said

    def note(self, waited_s: float, what: str) -> None:
        """Somebody has an answer."""
        if waited_s > self.longest_s:
            self.longest_s, self.what = waited_s, what


WAITS = Waits()


def patiently(call: Callable[[], T], *, what: str) -> T:
    """``call`` until it is answered; raises Refused, AssertionError after ``GOES_ON_S``."""
    return awaited(lambda: (call(),), what=what)[0]


def awaited(look: Callable[[], T | None], *, what: str, timeout_s: float = GOES_ON_S) -> T:
    """The first true answer of ``look``, whatever dies meanwhile; raises Refused, AssertionError."""
    began = time.monotonic()

    def once() -> T | None:
        try:
            return look()
        except Refused as refused:
            if refused.status < _SERVER_FAULT and refused.code not in _LATER:
                raise
        except DemoError:
            pass
        return None

    answer = until(once, timeout_s=timeout_s, every_s=0.1, what=what)
    assert answer is not None
    WAITS.note(time.monotonic() - began, what)
    return answer
