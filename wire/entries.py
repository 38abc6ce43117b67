"""What the leaves of the record say: which event of which log, by its hash (L1, W70).

Rules: a leaf is the canonical JSON of ``v``, ``log``, ``seq`` and ``hash``. ``log`` is a meeting, or ``house`` for what
administrators do. An event's hash covers all of it, so a list of leaves can be given to anybody: it shows that
something happened, not what.

Usage: ``leaf_hash(Entry("m-…", 4, event.hash).leaf())``.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from wire import canonical
from wire.errors import BadField
from wire.fields import Fields

HOUSE: Final = "house"
_LOG: Final = re.compile(r"house|m-[a-z2-7]{16}", re.ASCII)
_HASH_BYTES: Final = 32


class Entry(NamedTuple):
    """Number ``seq`` (from 1) of ``log``; ``hash`` of that event in hexadecimal."""

    log: str
    seq: int
    hash: str

    def leaf(self) -> bytes:
        """The bytes that are hashed into the tree."""
        return canonical.encode(self.to_value())

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"v": 1, "log": self.log, "seq": self.seq, "hash": self.hash}

    @classmethod
    def from_value(cls, value: Any) -> Entry:
        """Read and check; raises :class:`BadField`."""
        fields = Fields(value, "entry")
        fields.number("v", low=1, high=1)
        log = fields.text("log", limit=18)
        if _LOG.fullmatch(log) is None:
            raise BadField("entry.log", "is neither a meeting nor the house")
        found = cls(log, fields.number("seq", low=1), fields.hex("hash", size=_HASH_BYTES))
        fields.end()
        return found
