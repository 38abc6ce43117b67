"""Whether a dossier is the one that was exported, and its events those of the record: by one signature and its proofs.

Rules W72, W73: the checkpoint is signed by the record's key; the leaf of every event and of the export is proven
under it; the export names the SHA-256 of the index, and the index every file. Whose key it is has to be known from
elsewhere: one that only the dossier brings confirms nothing.

Usage: ``check(files, events, Checking(...), found)``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sealing.signatures import holds
from server.audit.model import AdminEvent, hash_of
from server.dossier import forks
from server.dossier.anchors import Anchors
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import INDEX, RECORD
from server.record import archive
from server.record import checking as whole
from server.record.model import Checked
from server.verify import Log
from wire.checkpoint import Checkpoint
from wire.entries import HOUSE, Entry
from wire.errors import BadProof, WireError
from wire.events import Event
from wire.fold import fold
from wire.inclusions import Inclusions, must_prove
from wire.note import NoteKey

_LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def check(files: Mapping[str, bytes], events: Sequence[Event], checking: Checking, found: Findings) -> None:
    """All that the record says of a dossier whose log is whole."""
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
    _known(record.key, checking.anchors, found)
    if not _are_proven(record, events, checkpoint=checkpoint, found=found):
        return
    found.right("record-events", events=len(events), size=checkpoint.size, root=checkpoint.root.hex())
    forks.look(events, checkpoint, key=record.key, seen=checking.seen, found=found)
    who = _name_of(export.actor, events)
    _export(record, export, files, who=who, checkpoint=checkpoint, found=found)


def check_beginning(files: Mapping[str, bytes], log: Log, found: Findings) -> None:
    """What the record says of the events before the one that is wrong in itself: one may have been put in its place."""
    try:
        record = Inclusions.read(files.get(RECORD, b""))
        checkpoint = Checkpoint.open(record.checkpoint, record.key, holds)
    except WireError:
        return
    doubtful = [] if log.doubtful is None else [log.doubtful]
    unproven = _unproven(record, [*log.events, *doubtful], checkpoint)
    if unproven:
        found.wrong("event-unproven", seq=unproven[0])


def check_archive(files: Mapping[str, bytes], anchors: Anchors, *, seen: Sequence[bytes], found: Findings) -> None:
    """An exported record, and checkpoints that somebody kept elsewhere (``seen``, signed notes)."""
    try:
        taken = archive.read(files)
        kept = [archive.stated(note, _LONG_AGO) for note in seen]
    except WireError as exc:
        found.wrong("record-broken", path=archive.LEAVES, why=str(exc))
        return
    record = whole.Found(enumerate(taken.entries), None, [*taken.signed, *kept])
    checked = whole.check(record, key=taken.key, holds=holds)
    _known(taken.key, anchors, found, has_signed=checked.signed > 0)
    for problem in checked.problems:
        found.wrong(problem.code, **problem.told())
    if not checked.problems:
        _covered(checked, found)


def _covered(checked: Checked, found: Findings) -> None:
    """Leaves are anybody's until a checkpoint covers them: the key beside them is no secret."""
    if checked.signed == 0:
        found.wrong("record-no-checkpoint", size=checked.size)
    elif checked.signed < checked.size:
        found.unsure("record-unsigned", size=checked.size, signed=checked.signed)
    else:
        told = {"size": checked.size, "logs": checked.logs, "checkpoints": checked.checkpoints}
        found.right("record", **told, root=checked.root.hex())


def _known(key: NoteKey, anchors: Anchors, found: Findings, *, has_signed: bool = True) -> None:
    if key in anchors.keys:
        if has_signed:
            found.right("record-key", key=key.print())
    elif anchors.keys:
        found.wrong("record-key-other", key=key.print())
    elif not anchors.own:
        found.unsure("record-key-own", key=key.print())


def _are_proven(record: Inclusions, events: Sequence[Event], *, checkpoint: Checkpoint, found: Findings) -> bool:
    proofs, unproven = len(record.events), _unproven(record, events, checkpoint)
    last_proven = max((event.seq for event in events[:proofs] if event.seq not in unproven), default=0)
    if unproven and last_proven == 0:
        found.wrong("record-unrelated", path=RECORD, seq=unproven[0])
    elif unproven and unproven[0] < last_proven:
        # A later event is the record's, and holds the hash of this one: it is the proof that was changed.
        found.wrong("proof-wrong", path=RECORD, seq=unproven[0])
    elif unproven:
        found.wrong("event-unproven", seq=unproven[0])
    elif len(events) < proofs:
        found.wrong("events-cut", seq=len(events) + 1, events=len(events), proofs=proofs)
    elif len(events) > proofs:
        found.wrong("events-added", seq=proofs + 1, events=len(events), proofs=proofs)
    else:
        return True
    return False


def _unproven(record: Inclusions, events: Sequence[Event], checkpoint: Checkpoint) -> list[int]:
    """The numbers of the events whose proof does not hold; those without a proof are not looked at."""
    found = []
    for event, proof in zip(events, record.events, strict=False):
        try:
            must_prove(Entry(event.meeting, event.seq, event.hash), proof, checkpoint)
        except BadProof:
            found.append(event.seq)
    return found


def _name_of(actor: str, events: Sequence[Event]) -> str:
    """As the meeting knows the person; who is none of its members stays an account's number."""
    member = fold(events).member(actor.removeprefix("person:"))
    return actor if member is None else member.name


def _export(
    record: Inclusions,
    export: AdminEvent,
    files: Mapping[str, bytes],
    *,
    who: str,
    checkpoint: Checkpoint,
    found: Findings,
) -> None:
    try:
        must_prove(Entry(HOUSE, export.number, hash_of(export)), record.export, checkpoint)
    except BadProof:
        found.wrong("export-unproven")
        return
    if export.hash != hash_of(export):
        found.wrong("record-broken", path=RECORD, why="house.hash")
        return
    stated: Any = export.data.get("index_sha256")
    if INDEX in files and stated == hashlib.sha256(files[INDEX]).hexdigest():
        found.right("index-signed", at=export.at, actor=who)
    else:
        found.wrong("index-other")
