"""What the calendar of working days needs from outside.

Usage: ``store.days(tx, first, last)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from server.unit import Transaction
from server.workdays.model import Day


class DayStore(Protocol):
    """The days that were entered."""

    def days(self, tx: Transaction, first: dt.date, last: dt.date) -> Sequence[Day]:
        """From ``first`` to ``last``, in their order."""
        ...

    def put(self, tx: Transaction, day: Day) -> None:
        """From now on ``day`` is this."""
        ...

    def drop(self, tx: Transaction, day: dt.date) -> bool:
        """Nothing is entered for ``day`` any more; whether there was something."""
        ...
