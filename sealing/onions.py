"""Boxes in boxes: a ballot sealed to the collection, around it a layer for each relay (W78, W79).

Rules: HPKE as in ``boxes.py``; each layer is bound to meeting, vote, run and its own place. What a relay hands on is
sorted by its bytes, which are ciphertext: an order that tells nothing of the order in which it came, and needs no dice.
Boxes of another size than the layer's, copies, and what does not open are left out.

Usage::

    box = seal_ballot(ballot.packed(), key=call_key, relays=relay_keys, place=Place(meeting, vote, run))
    inner = peel(boxes, key=mine, layer=0, layers=3, place=place)
    packed = open_ballots(inner_most, key=box_key, place=place)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sealing.boxes import BoxKey, seal
from wire.errors import BadFrame
from wire.secret_ballots import PACKED_BYTES, box_info, relay_info

#: What HPKE adds: the encapsulated key and the tag.
LAYER_BYTES: Final = 32 + 16


class Place(NamedTuple):
    """Which collection a box belongs to."""

    meeting: str
    vote: str
    run: int


def box_bytes(layers: int) -> int:
    """The size of a box with so many relays' layers left around it."""
    return PACKED_BYTES + (layers + 1) * LAYER_BYTES


def seal_ballot(packed: bytes, *, key: bytes, relays: Sequence[bytes], place: Place) -> bytes:
    """Seal a packed ballot to ``key``, then to the relays, the last first; raises :class:`sealing.errors.BadKey`."""
    box = seal(packed, to=key, info=box_info(*place))
    for layer in reversed(range(len(relays))):
        box = seal(box, to=relays[layer], info=relay_info(*place, layer=layer))
    return box


def peel(boxes: Iterable[bytes], *, key: BoxKey, layer: int, layers: int, place: Place) -> tuple[bytes, ...]:
    """What is inside this relay's layer (from 0 of ``layers``), shuffled."""
    found = _opened(boxes, key, size=box_bytes(layers - layer), info=relay_info(*place, layer=layer))
    return tuple(sorted(found))


def open_ballots(boxes: Iterable[bytes], *, key: BoxKey, place: Place) -> tuple[bytes, ...]:
    """The packed ballots."""
    return tuple(sorted(_opened(boxes, key, size=box_bytes(0), info=box_info(*place))))


def _opened(boxes: Iterable[bytes], key: BoxKey, *, size: int, info: bytes) -> set[bytes]:
    found: set[bytes] = set()
    for box in set(boxes):
        if len(box) != size:
            continue
        try:
            found.add(key.open(box, info=info))
        except BadFrame:
            # Of a hostile terminal, or of another run: it harms nobody else's ballot.
            continue
    return found
