"""An entry of the administrators' log, as its leaf in the record has it (W70, W73).

Rules: the hash of an entry covers its number, moment, actor, kind, data and the hash of the one before, as canonical
JSON. What is read is checked for its form and against its own hash; whether it is in a record is for a proof to show.

Usage: ``HouseEntry.read({"number": 4, …, "hash": "…"}).leaf()``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wire import canonical
from wire.entries import HOUSE, Entry
from wire.errors import BadProof
from wire.fields import Fields

MAX_DATA_BYTES: Final = 32 * 1024
_LABEL: Final = b"phonghop/v1/admin-event\0"


def entry_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal of ``number``, ``at``, ``actor``, ``kind``, ``data`` and ``before``."""
    return hashlib.sha256(_LABEL + canonical.encode(content)).hexdigest()


@dataclass(frozen=True, slots=True)
class HouseEntry:
    """What an entry says; ``hash`` is the one that its content has."""

    number: int
    actor: str
    kind: str
    data: dict[str, Any]
    hash: str

    @classmethod
    def read(cls, value: Any) -> HouseEntry:
        """Raises BadField, or BadProof for one that does not have the hash it states."""
        fields = Fields(value, "house")
        number, actor = fields.number("number", low=1), fields.text("actor", limit=80)
        kind, data = fields.text("kind", limit=60), fields.free("data", limit_bytes=MAX_DATA_BYTES)
        fields.instant("at")
        fields.hex("before", size=32)
        stated = fields.hex("hash", size=32)
        fields.end()
        if entry_hash({name: each for name, each in value.items() if name != "hash"}) != stated:
            raise BadProof("the entry does not have the hash that it states")
        return cls(number, actor, kind, data, stated)

    def leaf(self) -> Entry:
        """Its leaf of the record."""
        return Entry(HOUSE, self.number, self.hash)
