"""What was made of the same values before, so that it is not made again.

Rules: for values that never change (frozen dataclasses, tuples of them) and answers that nobody changes. "The same" is
the same object: a state that follows another shares with it all that the change did not touch, and comparing five
hundred entries would cost as much as making them. Bounded: what was made longest ago goes first. Many threads may
ask; two that ask at the same moment may both make it.

Usage::

    _MADE = Remembered(32)
    section = _MADE.of(_section, vote)          # _section(vote), once
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Remembered:
    """At most ``most`` answers."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        # With each answer the values it was made of: as long as they are held no other object has their number.
        self._made: Final[dict[tuple[object, ...], tuple[tuple[object, ...], Any]]] = {}

    def of(self, make: Callable[[*Ts], T], *values: *Ts) -> T:
        """``make(*values)``, or what it gave for these very objects."""
        key = (make, *map(id, values))
        known = self._made.get(key)
        if known is None:
            known = values, make(*values)
            self._made[key] = known
            # A copy of the keys, and no complaint of one that is gone: another thread may be at it, too.
            for oldest in list(self._made)[: -self._most]:
                self._made.pop(oldest, None)
        answer: T = known[1]
        return answer
