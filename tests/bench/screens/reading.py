"""Reading alone: the first page, turns to a page that is ready, jumps, and the same picture in a bare `<img>`.

Rules: the paper is the 100-page scan. A jump lands where nothing has been drawn yet; a block of pages is used for one
jump or one yardstick only, because the seat draws two pages ahead of both. Who goes first changes from round to round.

Usage: ``reading = read(readers, rounds=8)``; ``reading.jumps``
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.screens.following import there_and_back
from tests.bench.screens.readers import Reader
from tests.support.poll import until

#: Pages of the scan that one round uses up.
_BLOCK: Final = 12
_SEED: Final = 7


@dataclass
class Reading:
    """Milliseconds of each kind."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    jumps: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    ahead: list[float] = field(default_factory=list)


def first_pages(reader: Reader, titles: Sequence[str], reading: Reading) -> None:
    """Each paper for the first time, then all of them again."""
    for found in (reading.cold, reading.warm):
        for title in titles:
            found.append(reader.opens(title))
            # The neighbours are drawn before the next paper is asked for, as when somebody reads a moment.
            settle(reader)
            reader.to_list()


def settle(reader: Reader) -> None:
    """Wait until nothing more is fetched for a moment."""
    seen: list[tuple[int, float]] = [(0, time.monotonic())]

    def quiet() -> bool:
        count = len(reader.page.evaluate("bench.fetched()"))
        if count != seen[-1][0]:
            seen.append((count, time.monotonic()))
        return time.monotonic() - seen[-1][1] > 0.3

    until(quiet, timeout_s=20, every_s=0.05, what="a quiet reader")


def leaf(reader: Reader, title: str, reading: Reading, *, rounds: int) -> None:
    """Jumps, turns and yardsticks through the scan; the reader has the list of papers in front."""
    reader.opens(title)
    settle(reader)
    blocks = list(range(1, 8))
    random.Random(_SEED).shuffle(blocks)
    for at, block in enumerate(blocks[:rounds]):
        first = 1 + _BLOCK * block
        if at % 2:
            reading.plain.append(reader.plain(first + 9))
        _jump_and_turn(reader, reading, first + 2)
        if not at % 2:
            reading.plain.append(reader.plain(first + 9))
    reader.to_list()


def _jump_and_turn(reader: Reader, reading: Reading, page: int) -> None:
    reading.jumps.append(reader.jumps(page))
    began = time.monotonic()
    reader.has_ahead(page + 1)
    reading.ahead.append(1000 * (time.monotonic() - began))
    for there, key, needed in (
        (page + 1, "PageDown", ()),
        (page + 2, "PageDown", (page + 2,)),
        (page + 1, "PageUp", (page + 4,)),
        (page, "PageUp", ()),
    ):
        reader.has_ahead(*needed)
        settle(reader)
        reading.turns.append(reader.turns(there, key))


def wear(reader: Reader, *, turns: int, pages: int, begin: int) -> tuple[float, int]:
    """Page after page, there and back, without a pause; the median time of a turn, and the last page."""
    took: list[float] = []
    for page in there_and_back(turns, pages=pages, begin=begin):
        took.append(reader.turns(page, "PageDown" if page > begin else "PageUp"))
        begin = page
    return statistics.median(took), begin
