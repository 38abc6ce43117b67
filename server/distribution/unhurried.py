"""What can wait a moment while people wait: reports of papers and of how seats are.

Rules: what a device says stays in its order, so its report goes before whatever it says next; when the connection or
the fleet changes, all that came before goes first. Nothing waits longer than ``PATIENCE_S``, and nothing at all when
nobody else says anything. Five hundred seats that are back together want their meeting first and report then; five
hundred that vote are not held up by what all of them report every fifteen seconds. For the distribution's thread only.

Usage::

    for entry in unhurried.sorted(taken, now_s=now_s, is_quiet=queue.empty()): ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from server.distribution.entries import Came, Entry, LinkChanged, Stop
from server.fleet.model import FleetChange

CAN_WAIT: Final = frozenset({"have", "health"})
PATIENCE_S: Final = 2.0
#: Gone through between two looks at what came meanwhile: some ten milliseconds.
_AT_ONCE: Final = 16


class Unhurried:
    """Keeps what can wait."""

    def __init__(self) -> None:
        #: by device, the one that has waited longest first; with the moment since when it waits
        self._waiting: Final[dict[str, tuple[float, list[Came]]]] = {}

    @property
    def has_waiting(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    def sorted(self, taken: Iterable[Entry], *, now_s: float, is_quiet: bool) -> Iterator[Entry]:
        """What is to be done now; ``is_quiet``: nothing else has come."""
        for entry in taken:
            if isinstance(entry, Came) and entry.topic.lane in CAN_WAIT:
                self._waiting.setdefault(entry.topic.owner, (now_s, []))[1].append(entry)
                continue
            if isinstance(entry, Came):
                yield from self._of(entry.topic.owner)
            elif isinstance(entry, LinkChanged | FleetChange | Stop):
                yield from self._released(len(self._waiting))
            yield entry
        overdue = sum(since_s + PATIENCE_S <= now_s for since_s, _ in self._waiting.values())
        yield from self._released(max(overdue, _AT_ONCE if is_quiet else 0))

    def _released(self, most: int) -> Iterator[Came]:
        for device in list(self._waiting)[:most]:
            yield from self._of(device)

    def _of(self, device: str) -> list[Came]:
        return self._waiting.pop(device, (0.0, []))[1]
