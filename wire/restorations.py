"""When a terminal may leave a checkpoint that it keeps: a restoration that was acknowledged, and names it (W130).

Rules: two entries of the administrators' log are shown, both proven under the very checkpoint that is to be followed.
The first is a person's acknowledgement that the database was put back: from which signed checkpoint, to which number.
The second names the checkpoint that is given up, by size and root, and the acknowledgement that explains it. What the
acknowledgement cannot have taken away is not given up. There is no other way from one record to another.

Usage::

    must_lead(mine, later, restored=shown.restored, led=shown.led)      # or BadProof, BadField
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from wire.checkpoint import Checkpoint
from wire.errors import BadProof
from wire.fields import Fields
from wire.house import MAX_DATA_BYTES, HouseEntry
from wire.inclusions import Proof, must_prove
from wire.merkle import HASH_BYTES, MAX_SIZE

#: The kinds of the two entries.
RESTORED: Final = "record_restored"
LED: Final = "record_led"
_PERSON: Final = "person:"


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry of the administrators' log as JSON, and the proof of its leaf."""

    house: dict[str, Any]
    leaf: Proof

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"house": self.house, "leaf": self.leaf.to_value()}

    @classmethod
    def read(cls, fields: Fields) -> Proven:
        """Read and check the form; raises BadField. Nothing is verified yet."""
        found = cls(fields.free("house", limit_bytes=2 * MAX_DATA_BYTES), Proof.read(fields.object("leaf")))
        fields.end()
        return found


@dataclass(frozen=True, slots=True)
class Restoration:
    """What an acknowledgement says: ``old`` leaves with ``root`` (hexadecimal) were signed, it went back to ``new``.

    ``signed``: so many leaves of a signed checkpoint are still there.
    """

    old: int
    root: str
    new: int
    signed: int

    @classmethod
    def read(cls, data: Any) -> Restoration:
        """Of the entry's data; raises BadField."""
        fields = Fields(data, RESTORED)
        return cls(
            fields.number("old", low=1, high=MAX_SIZE),
            fields.hex("root", size=HASH_BYTES),
            fields.number("new", high=MAX_SIZE),
            fields.number("signed", high=MAX_SIZE),
        )

    def explains(self, size: int, root: str) -> bool:
        """Whether a checkpoint can be one of those that were taken away."""
        return self.signed < size <= self.old and (size != self.old or root == self.root)


def led_data(number: int, size: int, root: str) -> dict[str, Any]:
    """The data of the entry that names a checkpoint; ``number``: that of the acknowledgement."""
    return {"restored": number, "size": size, "root": root}


def must_lead(mine: Checkpoint, later: Checkpoint, *, restored: Proven, led: Proven) -> None:
    """Raise BadProof or BadField unless ``mine`` may be given up for ``later``, whose signature was checked."""
    acknowledged, naming = _proven(restored, later), _proven(led, later)
    if acknowledged.kind != RESTORED or not acknowledged.actor.startswith(_PERSON):
        raise BadProof("nobody acknowledged a restoration")
    told, root = Restoration.read(acknowledged.data), mine.root.hex()
    if not told.explains(mine.size, root):
        raise BadProof("the restoration does not explain this checkpoint")
    # What was put back ends at ``new``: the word about it comes after, and what it leads to after that.
    if not told.signed <= told.new <= restored.leaf.number < led.leaf.number:
        raise BadProof("the entries do not follow the point that the record was put back to")
    if (naming.kind, naming.data) != (LED, led_data(acknowledged.number, mine.size, root)):
        raise BadProof("it is not this checkpoint that is given up")


def _proven(shown: Proven, later: Checkpoint) -> HouseEntry:
    found = HouseEntry.read(shown.house)
    must_prove(found.leaf(), shown.leaf, later)
    return found
