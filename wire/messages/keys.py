"""How a seat gets a meeting's key: it asks with a key of its own, the answer is sealed to it (W26).

Usage::

    Join(head, meeting, key.public)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.fields import Fields
from wire.messages.head import KEY_BYTES, Head, b64, read_epoch

#: HPKE with X25519: 32 bytes of encapsulated key, the 32 of the epoch key, 16 of tag.
SEALED_BYTES: Final = 32 + KEY_BYTES + 16


@dataclass(frozen=True, slots=True)
class Join:
    """Seat → server: the seat's own X25519 key for one meeting, made on the seat (W26)."""

    TYPE: ClassVar[str] = "join"
    head: Head
    meeting: str
    key: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"head": self.head.to_value(), "meeting": self.meeting, "key": b64(self.key)}

    @classmethod
    def read(cls, fields: Fields) -> Join:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            key=fields.base64("key", size=KEY_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Key:
    """Server → seat: a meeting's epoch key, sealed by HPKE to the seat's meeting key (W26)."""

    TYPE: ClassVar[str] = "key"
    head: Head
    meeting: str
    epoch: int
    sealed: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "epoch": self.epoch,
            "sealed": b64(self.sealed),
        }

    @classmethod
    def read(cls, fields: Fields) -> Key:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            epoch=read_epoch(fields),
            sealed=fields.base64("sealed", size=SEALED_BYTES),
        )
