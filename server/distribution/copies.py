"""Whether one device's key is at two places (W184).

Rules: for the distribution's thread only. An agent makes its box key when it starts and says it in each hello; whatever
is restarted, reconnected or put back, a box key that was left for another never comes again. Two machines with one key
push each other out of the broker within seconds and say hello in turns: then it does. What is told is not told again
within a minute. Nothing is kept over a restart of the server: the next turns show it again.

Usage::

    told = copies.heard(device, hello, now_s=now.s)      # what to tell IT, or None
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from wire.ids import DeviceId
from wire.messages import Hello

#: Starts of a device that are remembered.
STARTS: Final = 8
AGAIN_S: Final = 60.0


@dataclass(slots=True)
class _Starts:
    now: Hello
    #: box key → the last hello with it, of starts that were left for another
    left: deque[Hello] = field(default_factory=lambda: deque(maxlen=STARTS))
    told_s: float = float("-inf")


class Copies:
    """What was heard of each device."""

    def __init__(self) -> None:
        self._of: Final[dict[DeviceId, _Starts]] = {}

    def heard(self, device: DeviceId, hello: Hello, *, now_s: float) -> str | None:
        """Take a hello down; the two starts in words when the key is at two places."""
        known = self._of.get(device)
        if known is None:
            self._of[device] = _Starts(hello)
            return None
        before, known.now = known.now, hello
        if before.box == hello.box:
            return None
        came_back = any(each.box == hello.box for each in known.left)
        known.left = deque((each for each in known.left if each.box != hello.box), maxlen=STARTS)
        known.left.append(before)
        if not came_back or now_s - known.told_s < AGAIN_S:
            return None
        known.told_s = now_s
        return " | ".join(f"{each.agent} {each.boot[:8]}" for each in (before, hello))

    def forget(self, device: DeviceId) -> None:
        """A device has lost its rights."""
        self._of.pop(device, None)
