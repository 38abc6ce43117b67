"""The record on its way to a seat, which keeps what it saw (W74, W130).

Rules: a seat says in its health what it keeps; the server answers with a later checkpoint and the proof that it goes on
from that one – or, when a restoration was acknowledged that took it away, with that and the checkpoint that shows it.

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
from wire.restorations import Proven

_MOST_HASHES: Final = 128


@dataclass(frozen=True, slots=True)
class Kept:
    """What a seat keeps: size and root (hexadecimal) of its newest checkpoint; ``forked``: a later one did not follow.

    Nothing kept yet is size 0 with an empty root. ``gave_up``: the size of the checkpoint that it left last, after a
    restoration that was acknowledged (W131); 0: none.
    """

    size: int = 0
    root: str = ""
    forked: bool = False
    gave_up: int = 0

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value = {"size": self.size, "root": self.root, "forked": self.forked}
        return {**value, "gave_up": self.gave_up} if self.gave_up else value

    @classmethod
    def read(cls, fields: Fields) -> Kept:
        """Read and check."""
        size = fields.number("size", high=MAX_SIZE)
        root, forked = fields.hex("root", size=HASH_BYTES if size else 0), fields.flag("forked")
        found = cls(size, root, forked, fields.number("gave_up", high=MAX_SIZE) if fields.has("gave_up") else 0)
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
        note = _note(fields)
        hashes = fields.items("proof", limit=_MOST_HASHES)
        return cls(
            head=Head.read(fields.object("head")),
            note=note,
            key=fields.text("key", limit=1000),
            old=fields.number("old", high=MAX_SIZE),
            proof=tuple(Fields({"hash": one}, "checkpoint.proof").base64("hash", size=HASH_BYTES) for one in hashes),
        )


@dataclass(frozen=True, slots=True)
class RecordRestored:
    """Server → seat: what the seat keeps (``old`` leaves) was given up, by whom and why, and what to follow instead.

    Both entries are proven under the signed checkpoint ``note``.
    """

    TYPE: ClassVar[str] = "restored"
    head: Head
    note: str
    key: str
    old: int
    restored: Proven
    led: Proven

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "note": self.note,
            "key": self.key,
            "old": self.old,
            "restored": self.restored.to_value(),
            "led": self.led.to_value(),
        }

    @classmethod
    def read(cls, fields: Fields) -> RecordRestored:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            note=_note(fields),
            key=fields.text("key", limit=1000),
            old=fields.number("old", low=1, high=MAX_SIZE),
            restored=Proven.read(fields.object("restored")),
            led=Proven.read(fields.object("led")),
        )


def _note(fields: Fields) -> str:
    note = fields.any("note")
    if not isinstance(note, str) or len(note) > MAX_BYTES:
        raise BadField("checkpoint.note", "is not a note")
    return note
