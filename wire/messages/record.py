"""The record on its way to a seat, which keeps what it saw (W74).

Rules: a seat says in its health what it keeps; the server answers with a later checkpoint and the proof that it goes on
from that one.

Usage:: ``RecordCheckpoint(head, note, key, old=5, proof=(…))``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.errors import BadField
from wire.fields import Fields
from wire.merkle import HASH_BYTES, MAX_SIZE
from wire.messages.head import Head, b64
from wire.note import MAX_BYTES

_MOST_HASHES: Final = 128


@dataclass(frozen=True, slots=True)
class Kept:
    """What a seat keeps: size and root (hexadecimal) of its newest checkpoint; ``forked``: a later one did not follow.

    Nothing kept yet is size 0 with an empty root.
    """

    size: int = 0
    root: str = ""
    forked: bool = False

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"size": self.size, "root": self.root, "forked": self.forked}

    @classmethod
    def read(cls, fields: Fields) -> Kept:
        """Read and check."""
        size = fields.number("size", high=MAX_SIZE)
        found = cls(size, fields.hex("root", size=HASH_BYTES if size else 0), fields.flag("forked"))
        fields.end()
        return found


@dataclass(frozen=True, slots=True)
class RecordCheckpoint:
    """Server → seat: a signed checkpoint, the vkey it is signed by, and the proof from the ``old`` size to its own."""

    TYPE: ClassVar[str] = "checkpoint"
    head: Head
    note: str
    key: str
    old: int
    proof: tuple[bytes, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "note": self.note,
            "key": self.key,
            "old": self.old,
            "proof": [b64(one) for one in self.proof],
        }

    @classmethod
    def read(cls, fields: Fields) -> RecordCheckpoint:
        """Read and check."""
        note = fields.any("note")
        if not isinstance(note, str) or len(note) > MAX_BYTES:
            raise BadField("checkpoint.note", "is not a note")
        hashes = fields.items("proof", limit=_MOST_HASHES)
        return cls(
            head=Head.read(fields.object("head")),
            note=note,
            key=fields.text("key", limit=1000),
            old=fields.number("old", high=MAX_SIZE),
            proof=tuple(Fields({"hash": one}, "checkpoint.proof").base64("hash", size=HASH_BYTES) for one in hashes),
        )
