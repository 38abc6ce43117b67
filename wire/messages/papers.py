"""Getting a paper: the offer, what a seat lacks, what it has (W32, W34).

Usage::

    Have(head, paper, chunks=len_of_bitmap, bitmap=have.to_bytes())
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.bitmap import Bitmap
from wire.errors import BadField
from wire.fields import Fields
from wire.messages.head import KEY_BYTES, Head, b64, print_paper, read_epoch, read_paper
from wire.topics import MAX_CHUNK, PaperVersion

WANTS: Final = frozenset({"events", "manifest"})
#: RFC 3394 makes a key 8 bytes longer.
WRAPPED_BYTES: Final = KEY_BYTES + 8


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """Server → room or seat: a manifest (as a signed envelope) and the wrapped paper key (W32).

    ``wrapped_key`` is AES key wrap (RFC 3394) of the 32-byte paper key under the epoch's wrap key.
    """

    TYPE: ClassVar[str] = "offer"
    meeting: str
    epoch: int
    manifest: bytes
    wrapped_key: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "meeting": self.meeting,
            "epoch": self.epoch,
            "manifest": b64(self.manifest),
            "wrapped_key": b64(self.wrapped_key),
        }

    @classmethod
    def read(cls, fields: Fields) -> PaperOffer:
        """Read and check."""
        return cls(
            meeting=fields.id("meeting", "m"),
            epoch=read_epoch(fields),
            manifest=fields.base64("manifest"),
            wrapped_key=fields.base64("wrapped_key", size=WRAPPED_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Want:
    """Seat → server: events after a number, or the manifest of a paper version.

    ``paper`` is set for a manifest and only then; raises :class:`BadField` otherwise.
    """

    TYPE: ClassVar[str] = "want"
    head: Head
    meeting: str
    kind: str
    after: int = 0
    paper: PaperVersion | None = None

    def __post_init__(self) -> None:
        if (self.kind == "manifest") != (self.paper is not None):
            raise BadField("want.paper", "stands with kind manifest, and only there")

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value: dict[str, Any] = {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "kind": self.kind,
            "after": self.after,
        }
        return value if self.paper is None else value | print_paper(self.paper)

    @classmethod
    def read(cls, fields: Fields) -> Want:
        """Read and check."""
        kind = fields.choice("kind", WANTS)
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            kind=kind,
            after=fields.number("after"),
            paper=read_paper(fields) if kind == "manifest" else None,
        )


@dataclass(frozen=True, slots=True)
class Have:
    """Seat → server: the signed report of the chunks it keeps; the only proof of delivery (W34)."""

    TYPE: ClassVar[str] = "have"
    head: Head
    paper: PaperVersion
    chunks: int
    bitmap: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            **print_paper(self.paper),
            "chunks": self.chunks,
            "bitmap": b64(self.bitmap),
        }

    @classmethod
    def read(cls, fields: Fields) -> Have:
        """Read and check."""
        chunks = fields.number("chunks", low=1, high=MAX_CHUNK)
        return cls(
            head=Head.read(fields.object("head")),
            paper=read_paper(fields),
            chunks=chunks,
            bitmap=Bitmap(chunks, fields.base64("bitmap")).to_bytes(),
        )
