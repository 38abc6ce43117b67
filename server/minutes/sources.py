"""Which events a part of the minutes is drawn from, by their numbers: shown beside it, for whoever doubts (BB2).

Usage: ``Sources(events).where("vote", "v-…")``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from wire.events import Event

#: Page turns and deliveries are no facts of the minutes.
_SILENT: Final = frozenset({"page_presented", "recall_confirmed", "ballots_taken", "ballots_given", "display_set"})


class Sources:
    """An index over a log."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events: Final = [event for event in events if event.kind not in _SILENT]

    def where(self, field: str, value: str, *, kinds: Collection[str] = ()) -> tuple[int, ...]:
        """The events whose data has ``value`` in ``field``."""
        return tuple(
            event.seq for event in self._events if event.data.get(field) == value and (not kinds or event.kind in kinds)
        )

    def of_kinds(self, *kinds: str) -> tuple[int, ...]:
        """All events of these kinds."""
        return tuple(event.seq for event in self._events if event.kind in kinds)
