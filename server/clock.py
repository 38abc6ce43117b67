"""The server's clock, as a port: rules take ``now`` as an argument, the outer ring asks the clock.

Rules: moments are aware and in UTC; spans are measured with ``monotonic_s``, which no correction of the
wall clock moves.

Usage::

    service.close_meeting(actor, meeting, now=clock.now())
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> dt.datetime:
        """This moment, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        """This moment, aware, in UTC."""
        return dt.datetime.now(dt.UTC)

    def monotonic_s(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()
