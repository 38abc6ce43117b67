"""What the record costs an act: one event committed with and without its leaf, in a small record and a large one.

Rules: an SQLite file on the machine's own disk, every commit synced; rounds with and without the leaf alternate, and
medians are shown. Nothing is asserted: see docs/BENCHMARKS.md.

Usage: ``make bench-record``.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from server.db import migrate
from server.db.engine import Database
from server.record.store import SqlRecordStore
from tests.support.record_house import MEETING, OTHER, RecordHouse
from wire.entries import HOUSE, Entry

ROUNDS = 200
SIZES = (1_000, 200_000)
_PORTION = 5_000


class Nothing:
    """A recorder that records nothing: what the server did before there was a record."""

    def add(self, tx: Any, entries: Sequence[Entry]) -> None:
        """Nothing."""


def _span_ms(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _grow(house: RecordHouse, size: int) -> None:
    store = SqlRecordStore()
    while (there := house.record.size()) < size:
        count = min(_PORTION, size - there)
        with house.database.begin() as tx:
            store.append(tx, [Entry(HOUSE, there + number + 1, "ab" * 32) for number in range(count)])


def main() -> None:
    """Measure and say."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        migrate.upgrade(database)
        house = RecordHouse(database, Path(folder))
        bare = RecordHouse(database, Path(folder), recorder=Nothing())
        house.begin()
        for size in SIZES:
            _grow(house, size)
            spans: dict[str, list[float]] = {"without": [], "with": []}
            for _ in range(ROUNDS):
                # A meeting of its own for each: neither has to read what the other wrote.
                spans["without"].append(_span_ms(lambda: bare.event(OTHER)))
                spans["with"].append(_span_ms(lambda: house.event(MEETING)))
            signing = [_span_ms(house.sign) for _ in range(20) if house.act()]
            without, with_ = (statistics.median(spans[name]) for name in ("without", "with"))
            sys.stdout.write(
                f"{size:>8} leaves: {without:.2f} ms without, {with_:.2f} ms with its leaf "
                f"(+{with_ - without:.2f} ms), a checkpoint {statistics.median(signing):.2f} ms\n"
            )


if __name__ == "__main__":
    main()
