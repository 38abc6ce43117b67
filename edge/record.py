"""The newest checkpoint of the record that this seat has seen, and whether what came later went on from it.

Rules W74, W75, W130, W131.

Rules: the first one is believed, with its key; every later one has to be signed by the same key and to be proven to go
on from the one that is kept. One that is not is kept too, as evidence: from then on the seat says so, here and to the
server, and believes no other until somebody looked into it and removed the file. The one way to another record is a
restoration that was acknowledged in that record, and that names what is kept here: what is given up then stays beside
it, as evidence, and every report says so. It holds nothing secret.

Usage::

    keeper = RecordKeeper(disk)
    keeper.take(message)                  # or keeper.follow(message), after a restoration
    keeper.kept, keeper.fault
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Final

from edge.errors import RecordDiffers
from edge.vault.disk import Disk
from sealing.signatures import holds
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.errors import BadNote, BadProof, WireError
from wire.fields import Fields
from wire.merkle_proofs import verify_consistency
from wire.messages import Kept, RecordCheckpoint, RecordRestored
from wire.note import MAX_BYTES, Note, NoteKey
from wire.restorations import must_lead

FILE: Final = "record.json"
#: After so many restorations no other is followed without somebody who looks: evidence is never dropped for room.
MOST_GIVEN_UP: Final = 16
_LOG: Final = logging.getLogger("phonghop.seat")


@dataclass(frozen=True, slots=True)
class _Held:
    key: str
    note: str
    #: a note that does not go on from ``note``
    against: str = ""
    #: the notes that were left after restorations, the oldest first
    given_up: tuple[str, ...] = ()

    @property
    def checkpoint(self) -> Checkpoint:
        """What was kept; its signature was checked when it came."""
        return _stated(self.note)

    @property
    def gave_up(self) -> int:
        """The size of the checkpoint that was left last; 0: none."""
        return _stated(self.given_up[-1]).size if self.given_up else 0


class RecordKeeper:
    """One file."""

    def __init__(self, disk: Disk) -> None:
        self._disk: Final = disk
        self._held: _Held | None = _read(disk.read(FILE))

    @property
    def kept(self) -> Kept:
        """What the server is told."""
        if self._held is None:
            return Kept()
        found = self._held.checkpoint
        return Kept(found.size, found.root.hex(), forked=bool(self._held.against), gave_up=self._held.gave_up)

    @property
    def fault(self) -> str:
        """The code that stands at the seat; empty when all is well."""
        return RecordDiffers.code if self._held is not None and self._held.against else ""

    def take(self, shown: RecordCheckpoint) -> None:
        """Keep a later checkpoint, or the proof that there are two records.

        Raises :class:`wire.errors.WireError` for a note that is not signed as it says, and
        :class:`edge.errors.VaultError` when it cannot be kept; nothing has changed then.
        """
        later = Checkpoint.open(shown.note.encode(), NoteKey.read(shown.key), holds)
        held = self._held
        if held is None:
            self._keep(_Held(shown.key, shown.note))
            return
        if held.against:
            return
        mine = held.checkpoint
        if held.key == shown.key and (shown.old != mine.size or later.size < mine.size):
            return  # an answer to what this seat kept before
        if held.key == shown.key and _follows(mine, later, shown):
            self._keep(replace(held, note=shown.note))
            return
        _LOG.error("the record of %d entries does not go on from that of %d", later.size, mine.size)
        self._keep(replace(held, against=shown.note))

    def follow(self, shown: RecordRestored) -> None:
        """Leave what is kept for a record that was put back, when that was acknowledged and names it (W130).

        Raises :class:`wire.errors.WireError` for everything else, and :class:`edge.errors.VaultError` when it cannot be
        kept; nothing has changed then. A seat that holds two records already follows neither by itself.
        """
        held = self._held
        if held is None or held.against or held.checkpoint.size != shown.old:
            return
        if held.key != shown.key:
            raise BadNote("not signed by the key of what is kept")
        later = Checkpoint.open(shown.note.encode(), NoteKey.read(shown.key), holds)
        mine = held.checkpoint
        must_lead(mine, later, restored=shown.restored, led=shown.led)
        if len(held.given_up) >= MOST_GIVEN_UP:
            _LOG.error("the record was put back more often than this seat follows by itself")
            return
        _LOG.warning("a restoration was acknowledged: %d entries are given up for %d", mine.size, later.size)
        self._keep(replace(held, note=shown.note, given_up=(*held.given_up, held.note)))

    def _keep(self, held: _Held) -> None:
        value = {"key": held.key, "note": held.note, "against": held.against, "given_up": list(held.given_up)}
        self._disk.put(FILE, canonical.encode(value))
        self._held = held


def _follows(mine: Checkpoint, later: Checkpoint, shown: RecordCheckpoint) -> bool:
    try:
        verify_consistency(mine.size, later.size, roots=(mine.root, later.root), proof=shown.proof)
    except BadProof:
        return False
    return True


def _stated(note: str) -> Checkpoint:
    return Checkpoint.read(Note.read(note.encode()).text)


def _read(data: bytes | None) -> _Held | None:
    if data is None:
        return None
    try:
        value = canonical.decode(data)
        fields = Fields(value, "record")
        key, note, against = (str(fields.any(name))[:MAX_BYTES] for name in ("key", "note", "against"))
        left = fields.items("given_up", limit=MOST_GIVEN_UP) if fields.has("given_up") else ()
        found = _Held(key, note, against, tuple(str(each)[:MAX_BYTES] for each in left))
        # What is not readable now never will be: begin anew.
        return found if found.checkpoint.size and found.gave_up >= 0 else None
    except WireError:
        _LOG.warning("what was kept of the record cannot be read; it is kept anew")
        return None
