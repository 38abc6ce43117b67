"""Sets of chunk numbers as whole numbers: chunk ``n`` is bit ``n``.

Rules: pure. A union or a comparison of a thousand chunks is one operation on two integers, which lets the plan look
at every seat of a large room each time a report comes in.

Usage::

    missing = full(1024) & ~of_bitmap(report.bitmap, 1024)
    for number in first(missing, 16): ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

ChunkSet = int

#: Bitmaps on the wire have chunk 0 in the highest bit of byte 0 (W34).
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def full(size: int) -> ChunkSet:
    """The chunks ``0 … size - 1``."""
    return (1 << size) - 1


def of_bitmap(data: bytes, size: int) -> ChunkSet:
    """The chunks of a bitmap as seats report it; bits past ``size`` do not count."""
    return int.from_bytes(data.translate(_REVERSED), "little") & full(size)


def numbers(chunks: ChunkSet) -> Iterator[int]:
    """The chunks of a set, lowest first."""
    while chunks:
        lowest = chunks & -chunks
        yield lowest.bit_length() - 1
        chunks ^= lowest


def first(chunks: ChunkSet, count: int) -> Iterator[int]:
    """The ``count`` lowest chunks of a set, or all when there are fewer."""
    for found, number in enumerate(numbers(chunks)):
        if found >= count:
            return
        yield number


def in_more_than(sets: Iterable[ChunkSet], limit: int) -> ChunkSet:
    """The chunks that are in more than ``limit`` of the sets."""
    # at_least[k] holds what was found in more than k sets so far.
    at_least = [0] * (limit + 1)
    for chunks in sets:
        for level in range(limit, 0, -1):
            at_least[level] |= at_least[level - 1] & chunks
        at_least[0] |= chunks
    return at_least[limit]
