"""What a dossier brings of the record: a checkpoint, and the proofs of all its events and of its own export (W73).

Rules: the export is an entry of the administrators' log that names the SHA-256 of the dossier's index; its leaf stands
under the same checkpoint as those of the events. So the one signature covers the index, and with it every file.

Usage::

    found = Inclusions.read(files["record.json"])
    must_prove(Entry(meeting, 1, event.hash), found.events[0], checkpoint)      # or BadProof
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from wire import canonical
from wire.checkpoint import Checkpoint
from wire.entries import Entry
from wire.errors import BadField
from wire.fields import Fields
from wire.merkle import HASH_BYTES, MAX_SIZE, leaf_hash
from wire.merkle_proofs import verify_inclusion
from wire.note import MAX_BYTES, NoteKey

TYPE: Final = "phonghop.record-proofs"
_MOST_EVENTS: Final = 1_000_000
_MOST_HASHES: Final = 64


class Proof(NamedTuple):
    """The number of a leaf, and the hashes beside its way up."""

    number: int
    hashes: tuple[bytes, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"number": self.number, "proof": [base64.b64encode(one).decode("ascii") for one in self.hashes]}

    @classmethod
    def read(cls, fields: Fields) -> Proof:
        """Read and check; raises BadField."""
        number, found = fields.number("number", high=MAX_SIZE), list[bytes]()
        for text in fields.items("proof", limit=_MOST_HASHES):
            found.append(Fields({"hash": text}, "proof").base64("hash", size=HASH_BYTES))
        fields.end()
        return cls(number, tuple(found))


@dataclass(frozen=True, slots=True)
class Inclusions:
    """``checkpoint`` is the signed note, ``events`` are in the log's order, ``house`` is the entry of the export."""

    key: NoteKey
    checkpoint: bytes
    events: tuple[Proof, ...]
    house: dict[str, Any]
    export: Proof

    def encode(self) -> bytes:
        """Canonical JSON."""
        return canonical.encode(
            {
                "type": TYPE,
                "v": 1,
                "key": self.key.print(),
                "checkpoint": self.checkpoint.decode(),
                "events": [proof.to_value() for proof in self.events],
                "house": self.house,
                "export": self.export.to_value(),
            }
        )

    @classmethod
    def read(cls, data: bytes) -> Inclusions:
        """Read and check the form; raises a WireError. Nothing is verified yet."""
        fields = Fields(canonical.decode(data), "record")
        fields.choice("type", frozenset({TYPE}))
        fields.number("v", low=1, high=1)
        checkpoint = fields.any("checkpoint")
        if not isinstance(checkpoint, str):
            raise BadField("record.checkpoint", "is not text")
        found = cls(
            NoteKey.read(fields.text("key", limit=1000)),
            checkpoint.encode(),
            tuple(Proof.read(each) for each in fields.objects("events", limit=_MOST_EVENTS)),
            fields.free("house", limit_bytes=MAX_BYTES),
            Proof.read(fields.object("export")),
        )
        fields.end()
        return found


def must_prove(entry: Entry, proof: Proof, checkpoint: Checkpoint) -> None:
    """Raise BadProof unless ``entry`` is the leaf of that number under the checkpoint."""
    leaf = leaf_hash(entry.leaf())
    verify_inclusion(leaf, proof.number, size=checkpoint.size, root=checkpoint.root, proof=proof.hashes)
