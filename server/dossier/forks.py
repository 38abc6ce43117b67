"""Whether a dossier and what somebody kept elsewhere are of one record, or of two that the house told apart (L1, W75).

Rules: only what the record's key has signed speaks against anybody. Two checkpoints of one size with different roots
are a fork; so is one event that two signed records have with two contents, which is named by its number. Checkpoints of
different sizes say nothing about each other without the leaves between them: that is told, not passed over.

Usage: ``look(events, checkpoint, key=key, seen={"moc.txt": data}, found=found)``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sealing.signatures import holds
from server.dossier.findings import Findings
from server.dossier.layout import EVENTS, RECORD
from server.dossier.reading import NotADossier, is_archive, opened
from server.record import archive
from server.verify import read_log
from wire.checkpoint import Checkpoint
from wire.entries import Entry
from wire.errors import WireError
from wire.events import Event
from wire.inclusions import Inclusions, must_prove
from wire.merkle import Edge, leaf_hash
from wire.note import NoteKey

_NOTE_BYTES: Final = 64 * 1024


class _Foreign(Exception):
    """Nothing that this record's key has signed."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was kept: its checkpoint, the leaves it proves by log and number, all leaves where they are there."""

    checkpoint: Checkpoint
    proven: Mapping[tuple[str, int], str] = field(default_factory=dict)
    leaves: Sequence[Entry] | None = None

    def root_of(self, size: int) -> bytes | None:
        """The root of the first ``size`` leaves, where it can be told."""
        if size == self.checkpoint.size:
            return self.checkpoint.root
        if self.leaves is None or size > self.checkpoint.size:
            return None
        return Edge().grown(leaf_hash(each.leaf()) for each in self.leaves[:size])[0].root()


def look(
    events: Sequence[Event],
    checkpoint: Checkpoint,
    *,
    key: NoteKey,
    seen: Mapping[str, bytes],
    found: Findings,
) -> None:
    """Compare the events and checkpoint of a dossier, which are proven, with each of what was ``seen``."""
    for name, data in seen.items():
        try:
            kept = _read(data, key)
        except (_Foreign, WireError, NotADossier):
            found.unsure("seen-unreadable", path=name)
            continue
        _compare(events, checkpoint, kept, name=name, found=found)


def _compare(events: Sequence[Event], checkpoint: Checkpoint, kept: _Kept, *, name: str, found: Findings) -> None:
    for event in events:
        if kept.proven.get((event.meeting, event.seq), event.hash) != event.hash:
            found.wrong("fork-event", path=name, seq=event.seq)
            return
    root = kept.root_of(checkpoint.size)
    if root is None:
        found.unsure("seen-apart", path=name, size=kept.checkpoint.size, mine=checkpoint.size)
    elif root == checkpoint.root:
        found.right("seen", path=name, size=kept.checkpoint.size)
    else:
        found.wrong("fork-checkpoint", path=name, size=kept.checkpoint.size, mine=checkpoint.size)


def _read(data: bytes, key: NoteKey) -> _Kept:
    """Raises _Foreign, WireError, NotADossier."""
    if not is_archive(data):
        return _Kept(Checkpoint.open(data[: _NOTE_BYTES + 1], key, holds))
    files = opened(io.BytesIO(data))
    return _record(files, key) if archive.LEAVES in files else _dossier(files, key)


def _record(files: Mapping[str, bytes], key: NoteKey) -> _Kept:
    taken = archive.read(files)
    if not taken.signed:
        raise _Foreign
    checkpoint = Checkpoint.open(taken.signed[-1].note, key, holds)
    leaves = taken.entries[: checkpoint.size]
    if Edge().grown(leaf_hash(each.leaf()) for each in leaves)[0].root() != checkpoint.root:
        raise _Foreign
    return _Kept(checkpoint, {(each.log, each.seq): each.hash for each in leaves}, leaves)


def _dossier(files: Mapping[str, bytes], key: NoteKey) -> _Kept:
    record = Inclusions.read(files.get(RECORD, b""))
    checkpoint = Checkpoint.open(record.checkpoint, key, holds)
    proven: dict[tuple[str, int], str] = {}
    for event, proof in zip(read_log(files.get(EVENTS, b"")).events, record.events, strict=False):
        must_prove(Entry(event.meeting, event.seq, event.hash), proof, checkpoint)
        proven[event.meeting, event.seq] = event.hash
    return _Kept(checkpoint, proven)
