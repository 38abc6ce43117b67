"""How long private marks are kept, and how many (P8, W102).

Rules: kept while seats hold the meeting's papers, and after its close for so many days that a seat which was off may
still hand in; a lock ends that at once.

Usage: ``is_over(state, now=now, kept_days=30)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from wire.marks import MAX_BYTES, MAX_IDS, MAX_MARKS, Sealed
from wire.phases import HOLDING, Phase
from wire.state import MeetingState

_ENDED: Final = frozenset({Phase.LOCKED, Phase.CANCELLED})


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is kept of one person in one meeting: living marks, all that were ever made, bytes of their boxes."""

    living: int = 0
    ids: int = 0
    size: int = 0

    def after(self, winners: Iterable[Sealed], known: Mapping[str, Sealed]) -> Amount:
        """With these in place of what was known of them."""
        living, ids, size = self.living, self.ids, self.size
        for each in winners:
            old = known.get(each.mark)
            ids += old is None
            living += (not each.gone) - (old is not None and not old.gone)
            size += len(each.box) - (0 if old is None else len(old.box))
        return Amount(living, ids, size)

    @property
    def too_much(self) -> bool:
        """Whether it is more than is kept of anybody."""
        return self.living > MAX_MARKS or self.ids > MAX_IDS or self.size > MAX_BYTES


def is_over(state: MeetingState, *, now: dt.datetime, kept_days: int) -> bool:
    """Whether nothing more is kept of the meeting's marks."""
    if state.phase in _ENDED:
        return True
    return state.closed_at is not None and now - state.closed_at > dt.timedelta(days=kept_days)


def may_read(state: MeetingState, person: str, seat: str) -> bool:
    """Whether this person sits at this seat, and seats may hold the papers."""
    return state.phase in HOLDING and (person, seat) in state.seated
