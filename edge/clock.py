"""The seat's clock, as a port: spans on the monotonic clock, moments only to be written down.

Rules: nothing the seat decides depends on the wall clock, so a clock that jumps (a Raspberry Pi wakes in the past)
changes no deadline. ``monotonic_s`` counts from the boot of the machine, so a deadline written to ``run_dir`` still
means the same after a restart of the agent.

Usage: ``Now(clock.monotonic_s(), clock.now())``
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> dt.datetime:
        """This moment, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since the machine started; never goes back."""
        ...


@dataclass(frozen=True, slots=True)
class Now:
    """One reading of both clocks: ``s`` for spans, ``at`` for what is written down."""

    s: float
    at: dt.datetime


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
