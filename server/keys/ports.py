"""Where epoch keys are kept.

Rules: keys are handed over wrapped; a store never sees one.

Usage: ``store.add_epoch(tx, meeting, epoch, wrapped=master.wrap(key))``.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from server.unit import Transaction


class EpochStore(Protocol):
    """The epochs of meetings and their wrapped keys."""

    def add_epoch(self, tx: Transaction, meeting: str, *, epoch: int, wrapped: bytes, at: dt.datetime) -> None:
        """Keep the key of a new epoch."""
        ...

    def newest_epoch(self, tx: Transaction, meeting: str) -> int:
        """The highest number, 0 when there is none."""
        ...

    def epoch(self, tx: Transaction, meeting: str, *, epoch: int) -> bytes | None:
        """The wrapped key, None when there is none."""
        ...
