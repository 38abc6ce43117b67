"""The seat's clock, as a port: spans on the monotonic clock, moments only to be written down.

Rules: nothing the seat decides depends on the wall clock, so a clock that jumps (a Raspberry Pi wakes in the past)
changes no deadline. ``monotonic_s`` counts from the boot of the machine, so a deadline written to ``run_dir`` still
means the same after a restart of the agent.

Usage: ``step(state, event, read(clock))``
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Protocol

from edge.model import Now


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> dt.datetime:
        """This moment, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since the machine started; never goes back."""
        ...


def read(clock: Clock) -> Now:
    """Both clocks at once."""
    return Now(clock.monotonic_s(), clock.now())


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> dt.datetime:
        """This moment, aware, in UTC."""
        return dt.datetime.now(dt.UTC)

    def monotonic_s(self) -> float:
        """CLOCK_MONOTONIC, which all processes of one boot share."""
        return time.monotonic()
