"""What IT has a terminal do, and its answer (W171, W185, W188, W191).

Usage::

    Order(head, "a-…", "identify")
    Obeyed(head, "a-…", "done", "")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.fields import Fields
from wire.messages.acts import OUTCOMES
from wire.messages.head import Head

#: Show which seat it is; show words; lock; load the page anew; start the machine again; its screen dark, and lit; the
#: machine switched off.
ORDERS: Final = frozenset({"identify", "say", "lock", "reload", "restart", "dark", "light", "off"})
#: Destroy everything the store holds: said once, by whoever revokes it besides (W185).
WIPE: Final = "wipe"
MAX_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Order:
    """Server → seat. ``text``: the words of ``say``, empty for every other kind."""

    TYPE: ClassVar[str] = "order"
    head: Head
    order: str
    kind: str
    text: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value = {"head": self.head.to_value(), "order": self.order, "kind": self.kind}
        return {**value, "text": self.text} if self.text else value

    @classmethod
    def read(cls, fields: Fields) -> Order:
        """Read and check."""
        kind = fields.choice("kind", ORDERS | {WIPE})
        return cls(
            head=Head.read(fields.object("head")),
            order=fields.id("order", "a"),
            kind=kind,
            text=fields.text("text", limit=MAX_WORDS) if kind == "say" else "",
        )


@dataclass(frozen=True, slots=True)
class Obeyed:
    """Seat → server: the order was carried out, or why not."""

    TYPE: ClassVar[str] = "obeyed"
    head: Head
    order: str
    outcome: str
    code: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"head": self.head.to_value(), "order": self.order, "outcome": self.outcome, "code": self.code}

    @classmethod
    def read(cls, fields: Fields) -> Obeyed:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            order=fields.id("order", "a"),
            outcome=fields.choice("outcome", OUTCOMES),
            code=fields.text("code", limit=64, empty=True),
        )
