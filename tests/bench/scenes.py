"""What happens besides speed: slow seats, a seat killed half-way, a room behind narrow links.

Rules: each returns what it counted and judges nothing.

Usage: ``slow_seats(site, seats=16, slow=2, size=64 * MIB, stores=folder)``
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.places import ShapedRoom
from tests.bench.site import Sample, Site
from tests.bench.slots import Slot
from tests.bench.yardsticks import FanOut, Nginx, Paper, Timing, bare_copies
from tests.support.poll import until
from wire.records import Layout

_SLOW_S: Final = 0.03
_PATIENCE_S: Final = 300.0


@dataclass(frozen=True)
class Slowed:
    """The same delivery without and with slow seats; seconds until the last of the fast ones had it."""

    plain: Sample
    slowed: Sample
    fast_plain_s: float
    fast_s: float


@dataclass(frozen=True)
class Resumed:
    """A seat that was killed: chunks it had got by then, and chunks it got in all, of how many."""

    at_kill: int
    in_all: int
    chunks: int
    back_s: float

    @property
    def again(self) -> float:
        """The share of the paper that was fetched twice."""
        return (self.in_all - self.chunks) / self.chunks


@dataclass(frozen=True)
class Narrow:
    """A room behind shaped links."""

    size: int
    one_copy: Timing
    phonghop: Sample
    https: Timing
    fan_out: Timing


def slow_seats(site: Site, *, seats: int, slow: int, size: int, stores: Path) -> Slowed:
    """A delivery to equal seats, then one where the last ``slow`` of them take 30 ms longer over each chunk."""
    fast = seats - slow
    with site.seated(seats, per_process=2, stores=stores / "equal") as room:
        plain = room.deliver(size, timeout_s=_PATIENCE_S)
    slowed = dict.fromkeys(range(fast, seats), _SLOW_S)
    with site.seated(seats, per_process=2, stores=stores / "slow", slow=slowed) as room:
        sample = room.deliver(size, timeout_s=_PATIENCE_S)
    return Slowed(plain, sample, max(plain.finished_s[:fast]), max(sample.finished_s[:fast]))


def killed_half_way(site: Site, *, size: int, stores: Path) -> Resumed:
    """One of two seats is ended with ``kill -9`` when half of the paper has come, and started again."""
    with site.seated(2, per_process=1, stores=stores) as room:
        _, facts = room.publish(size)
        slot, chunks = room.slots[0], _chunks(facts)
        until(lambda: 2 * slot[Slot.CHUNKS] >= chunks, timeout_s=_PATIENCE_S, every_s=0.001, what="half has come")
        room.kill_process(0)
        at_kill = slot[Slot.CHUNKS]
        began = time.monotonic()
        room.start_process(0)
        until(lambda: slot[Slot.WHOLE] == 1, timeout_s=_PATIENCE_S, what="the seat has all of it")
        back_s = time.monotonic() - began
        until(lambda: room.slots[1][Slot.WHOLE] == 1, timeout_s=_PATIENCE_S, what="the other seat has all of it")
        in_all = slot[Slot.CHUNKS]
        room.take_back()
    return Resumed(at_kill, in_all, chunks, back_s)


def narrow_room(folder: Path, *, seats: int, mbit: int, size: int, stores: Path) -> Narrow:
    """Every seat a host of its own; needs root."""
    with ShapedRoom(seats=seats, mbit=mbit) as place, Site(folder / "narrow", place, seats=seats) as site:
        with site.seated(seats, per_process=1, stores=stores / "seats") as room:
            facts = site.server("prepare", size=size, seats=seats)
            paper = Paper.at(Path(facts["file"]), facts["plain_bytes"])
            nginx = Nginx(folder / "narrow-nginx", place, pki=site.pki, paper=paper)
            sample = room.deliver_prepared(timeout_s=_PATIENCE_S)
        fan = FanOut(folder / "narrow-mqtt", place, seats=seats, paper=paper)
        nginx.start()
        fan.start()
        try:
            one = bare_copies(place, 1, paper.size, pki=site.pki)
            https = nginx.downloads(seats, per_process=1, stores=stores / "downloads")
            plain = fan.run(seats)
        finally:
            nginx.stop()
            fan.stop()
    return Narrow(paper.size, one, sample, https, plain)


def _chunks(facts: dict[str, int]) -> int:
    return Layout(facts["plain_bytes"]).chunks
