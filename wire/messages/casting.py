"""How secret ballots come in: handed in by all seats, mixed by some of them (W79).

Rules: these go between one seat and the server, sealed as everything is; the boxes inside are sealed once more for each
relay and for the collection, so that the server that carries them reads nothing. None of it waits in an outbox: a seat
says it again as long as the collection goes on.

Usage::

    Drop(head, meeting, vote, run=1, boxes=(box,))
    Mix(head, meeting, vote, run=1, layer=0, boxes=boxes)
    Mixed(head, meeting, vote, run=1, layer=0, boxes=inner)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Self

from wire.errors import BadField
from wire.fields import Fields
from wire.messages.head import Head, b64
from wire.secret_ballots import PACKED_BYTES, RELAYS

MAX_BOXES: Final = 1_000
#: A seat at which many people have voted one after the other.
MAX_DROPPED: Final = 50
_MAX_BOX: Final = PACKED_BYTES + 48 * (RELAYS + 1)
_MAX_RUN: Final = 100


@dataclass(frozen=True, slots=True)
class Drop:
    """Seat → server: the ballots of those who voted here, sealed for this run."""

    TYPE: ClassVar[str] = "drop"
    head: Head
    meeting: str
    vote: str
    run: int
    boxes: tuple[bytes, ...] = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "vote": self.vote,
            "run": self.run,
            "boxes": [b64(box) for box in self.boxes],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            vote=fields.id("vote", "v"),
            run=fields.number("run", low=1, high=_MAX_RUN),
            boxes=_boxes(fields, MAX_DROPPED),
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Boxes at one relay; ``layer`` counts the relays from 0."""

    head: Head
    meeting: str
    vote: str
    run: int
    layer: int
    boxes: tuple[bytes, ...] = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "vote": self.vote,
            "run": self.run,
            "layer": self.layer,
            "boxes": [b64(box) for box in self.boxes],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            vote=fields.id("vote", "v"),
            run=fields.number("run", low=1, high=_MAX_RUN),
            layer=fields.number("layer", high=RELAYS - 1),
            boxes=_boxes(fields, MAX_BOXES),
        )


@dataclass(frozen=True, slots=True)
class Mix(_Batch):
    """Server → seat: open your layer of these, and hand back what is inside."""

    TYPE: ClassVar[str] = "mix"


@dataclass(frozen=True, slots=True)
class Mixed(_Batch):
    """Seat → server: what was inside, in the order of its bytes."""

    TYPE: ClassVar[str] = "mixed"


def _boxes(fields: Fields, limit: int) -> tuple[bytes, ...]:
    found = tuple(Fields({"box": value}, "boxes").base64("box") for value in fields.items("boxes", limit=limit))
    if any(not 0 < len(box) <= _MAX_BOX for box in found):
        raise BadField("boxes", f"hold one that is not 1 … {_MAX_BOX} bytes")
    return found
