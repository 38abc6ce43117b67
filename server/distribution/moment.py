"""One reading of both clocks.

Usage: ``Moment(clock.now(), clock.monotonic_s())``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` for what is written down, ``s`` (monotonic) for spans."""

    at: dt.datetime
    s: float
