"""One collection of secret ballots, as a value: boxes come, relays mix, ballots are opened (W78, W79).

Rules: pure. A device's boxes are what it said last before the mixing began. The mixing begins when all are there but
those whom the chair has given up, and never with fewer than three ballots. Whom the chair gave up stays given up in the
next run; whoever handed in is waited for again. Nothing in the result depends on the order in which anything came: what
is handed to a relay is sorted. A relay that is silent for too long, or ballots that got lost, mean another run.

Raises nothing: what does not fit is not taken.

Usage::

    now = Collection(meeting, vote, 1, relays=("d-…",), wanted={"d-…": 1})
    now = now.dropped("d-…", (box,)); now, task = now.advanced(now_s)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sealing.onions import box_bytes
from wire.secret_ballots import LEAST_BALLOTS

#: A relay that has not answered for so long is left out of the next run; asked again in between.
RELAY_S: Final = 6.0
ASK_AGAIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Mixing:
    """To a relay: open your layer of these."""

    device: str
    layer: int
    boxes: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """To the urn: these are the innermost boxes."""

    boxes: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Anew:
    """Another run, without these devices as relays."""

    reason: str
    without: frozenset[str]


Task = Mixing | Opening | Anew


@dataclass(frozen=True, slots=True)
class Collection:
    """``wanted``: how many ballots each device was given; ``given_up``: the devices that nobody waits for;
    ``layer``: the relay at work, −1 before the mixing.
    """

    meeting: str
    vote: str
    run: int
    relays: tuple[str, ...]
    wanted: Mapping[str, int] = field(hash=False)
    boxes: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict, hash=False, repr=False)
    given_up: frozenset[str] = frozenset()
    layer: int = -1
    batch: tuple[bytes, ...] = field(default=(), repr=False)
    since_s: float = 0.0
    asked_s: float = float("-inf")

    def dropped(self, device: str, boxes: tuple[bytes, ...]) -> Collection:
        """A seat has handed in; before the mixing only, of who was given a ballot, at most so many, of the one size."""
        fits = len(set(boxes)) <= self.wanted.get(device, 0)
        if self.layer >= 0 or not boxes or not fits or any(len(box) != self._size for box in boxes):
            return self
        return replace(self, boxes={**self.boxes, device: tuple(sorted(set(boxes)))})

    @property
    def _size(self) -> int:
        return box_bytes(len(self.relays))

    @property
    def received(self) -> int:
        """How many ballots are here."""
        return sum(len(boxes) for boxes in self.boxes.values())

    @property
    def missing(self) -> frozenset[str]:
        """The devices that have not handed in what they were given."""
        return frozenset(device for device, count in self.wanted.items() if len(self.boxes.get(device, ())) < count)

    @property
    def awaited(self) -> Mapping[str, int]:
        """By device, how many ballots the run still waits for: whom the chair gave up, now or before, is in none."""
        return {each: self.wanted[each] - len(self.boxes.get(each, ())) for each in self.missing - self.given_up}

    def going_on(self) -> Collection:
        """The chair waits no longer for who is missing now; of too few ballots, or in the mixing, nothing changes."""
        if self.layer >= 0 or self.received < LEAST_BALLOTS:
            return self
        return replace(self, given_up=self.given_up | self.missing)

    @property
    def still_away(self) -> frozenset[str]:
        """Whom the next run need not wait for: given up, and not come since."""
        return self.given_up & self.missing

    def mixed(self, device: str, layer: int, boxes: tuple[bytes, ...]) -> Collection:
        """The relay that is at work has answered; more than it was given, or another size, is no answer."""
        size = box_bytes(len(self.relays) - layer - 1)
        if layer != self.layer or layer >= len(self.relays) or device != self.relays[layer]:
            return self
        if len(boxes) > len(self.batch) or any(len(box) != size for box in boxes):
            return self
        return replace(self, layer=layer + 1, batch=tuple(sorted(set(boxes))), asked_s=float("-inf"))

    def advanced(self, now_s: float) -> tuple[Collection, Task | None]:
        """What is to be done now, once."""
        now = self
        if self.layer < 0:
            if self.awaited or self.received < LEAST_BALLOTS:
                return self, None
            batch = tuple(sorted(box for boxes in self.boxes.values() for box in boxes))
            now = replace(self, layer=0, batch=batch)
        if now.layer == len(now.relays):
            return replace(now, layer=now.layer + 1), Opening(now.batch)
        if now.layer > len(now.relays):
            return now, None
        if now.asked_s == float("-inf"):
            now = replace(now, since_s=now_s)
        elif now_s - now.since_s >= RELAY_S:
            return now, Anew("relay_silent", frozenset({now.relays[now.layer]}))
        elif now_s - now.asked_s < ASK_AGAIN_S:
            return now, None
        return replace(now, asked_s=now_s), Mixing(now.relays[now.layer], now.layer, now.batch)
