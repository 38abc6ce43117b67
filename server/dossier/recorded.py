"""Whether a dossier is the one that was exported, and its events those of the record: by one signature and its proofs.

Rules W72, W73: the checkpoint is signed by the record's key; the leaf of every event and of the export is proven
under it; the export names the SHA-256 of the index, and the index every file. Whose key it is has to be known from
elsewhere: one that only the dossier brings confirms nothing.

Usage: ``check(files, events, Checking(...), found)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sealing.signatures import holds
from server.audit.model import AdminEvent, hash_of
from server.dossier.anchors import Anchors
from server.dossier.findings import Findings
from server.dossier.layout import INDEX, RECORD
from wire.checkpoint import Checkpoint
from wire.entries import HOUSE, Entry
from wire.errors import BadProof, WireError
from wire.events import Event
from wire.fields import print_instant
from wire.inclusions import Inclusions, must_prove


def check(files: Mapping[str, bytes], events: Sequence[Event], anchors: Anchors, found: Findings) -> None:
    """All that the record says of a dossier."""
    if RECORD not in files:
        found.unsure("record-none")
        return
    try:
        record = Inclusions.read(files[RECORD])
        checkpoint = Checkpoint.open(record.checkpoint, record.key, holds)
        export = AdminEvent.from_value(record.house)
    except WireError as exc:
        found.wrong("record-broken", path=RECORD, why=str(exc))
        return
    _key(record, anchors, found)
    if not _are_proven(record, events, checkpoint=checkpoint, found=found):
        return
    found.right("record-events", events=len(events), size=checkpoint.size, root=checkpoint.root.hex())
    _export(record, export, files, checkpoint=checkpoint, found=found)


def _key(record: Inclusions, anchors: Anchors, found: Findings) -> None:
    if record.key in anchors.keys:
        found.right("record-key", key=record.key.print())
    elif anchors.keys:
        found.wrong("record-key-other", key=record.key.print())
    elif not anchors.own:
        found.unsure("record-key-own", key=record.key.print())


def _are_proven(record: Inclusions, events: Sequence[Event], *, checkpoint: Checkpoint, found: Findings) -> bool:
    if len(record.events) != len(events):
        found.wrong("record-count", proofs=len(record.events), events=len(events))
        return False
    for event, proof in zip(events, record.events, strict=True):
        try:
            must_prove(Entry(event.meeting, event.seq, event.hash), proof, checkpoint)
        except BadProof:
            found.wrong("event-unproven", seq=event.seq)
            return False
    return True


def _export(
    record: Inclusions, export: AdminEvent, files: Mapping[str, bytes], *, checkpoint: Checkpoint, found: Findings
) -> None:
    try:
        must_prove(Entry(HOUSE, export.number, hash_of(export)), record.export, checkpoint)
    except BadProof:
        found.wrong("export-unproven")
        return
    stated: Any = export.data.get("index_sha256")
    if INDEX in files and stated == hashlib.sha256(files[INDEX]).hexdigest():
        found.right("index-signed", at=print_instant(export.at), actor=export.actor)
    else:
        found.wrong("index-other")
