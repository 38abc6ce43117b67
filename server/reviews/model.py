"""Rounds in which accounts are looked over.

Rules, pure: in a round each account is confirmed once, by somebody else than its owner; accounts that were made after
its beginning are not part of it. One round at a time.

Usage: ``open_of(round, accounts, confirmed)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from server.identity.model import Account
from wire.fields import print_instant

#: The strictest rule asks for a year.
KEPT: Final = dt.timedelta(days=730)
#: Of one person's sign-ins that are shown at once.
SHOWN: Final = 100
MAX_PLACE: Final = 80


@dataclass(frozen=True, slots=True)
class Round:
    """One looking over of all accounts; ``ended_at`` None while it goes on."""

    number: int
    begun_at: dt.datetime
    begun_by: str
    ended_at: dt.datetime | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        ended = None if self.ended_at is None else print_instant(self.ended_at)
        return {"number": self.number, "begun_at": print_instant(self.begun_at), "ended_at": ended}


def left_of(round_: Round, accounts: Collection[Account], confirmed: Collection[str]) -> list[Account]:
    """The accounts of a round that nobody has confirmed, those disabled by hand aside: they are decided on."""
    return [
        each
        for each in accounts
        if each.id not in confirmed and each.created_at <= round_.begun_at and each.disabled_at is None
    ]
