"""A page of counters that measured processes share with the one that measures: readable even after ``kill -9``.

Rules: one slot a seat, eight whole numbers each; only the seat's own thread writes its slot.

Usage::

    slots = Slots.create(path, count=32)
    slots[3].add(Slot.CHUNKS)
"""

from __future__ import annotations

import enum
import mmap
import time
from pathlib import Path
from typing import Final, Self

_BYTES: Final = 8


class Slot(enum.IntEnum):
    """What each number of a slot says."""

    UP = 0  # 1 while connected, or once ready
    CHUNKS = 1  # chunks that came, also those it had already
    BYTES = 2  # their bytes
    WHOLE = 3  # papers complete so far: verified and durable
    WHOLE_NS = 4  # when the last became so, on CLOCK_MONOTONIC
    DURABLE = 5  # durable chunks of all papers held
    PAPERS = 6  # papers held
    REFUSED = 7  # chunks that came twice or were not believed


class OneSlot:
    """One seat's counters."""

    def __init__(self, numbers: memoryview, first: int) -> None:
        self._numbers: Final = numbers
        self._first: Final = first

    def __getitem__(self, which: Slot) -> int:
        return int(self._numbers[self._first + which])

    def __setitem__(self, which: Slot, value: int) -> None:
        self._numbers[self._first + which] = value

    def add(self, which: Slot, amount: int = 1) -> None:
        """Count further."""
        self._numbers[self._first + which] += amount

    def finished(self) -> None:
        """One more paper is whole, now."""
        self[Slot.WHOLE_NS] = time.monotonic_ns()
        self.add(Slot.WHOLE)


class Slots:
    """All slots, in a file mapped into memory."""

    def __init__(self, path: Path, count: int) -> None:
        self.count: Final = count
        with path.open("r+b") as file:
            self._map: Final = mmap.mmap(file.fileno(), count * len(Slot) * _BYTES)
        self._numbers: Final = memoryview(self._map).cast("Q")

    @classmethod
    def create(cls, path: Path, count: int) -> Self:
        """New slots, all zero."""
        path.write_bytes(bytes(count * len(Slot) * _BYTES))
        return cls(path, count)

    def __getitem__(self, number: int) -> OneSlot:
        return OneSlot(self._numbers, number * len(Slot))

    def all(self, which: Slot) -> list[int]:
        """One number of every slot."""
        return [self[number][which] for number in range(self.count)]
