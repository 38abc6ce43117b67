"""The record as files: its leaves, every checkpoint, its key – for whoever wants to check it, or keep it (W70, W72).

Rules: no content of a meeting is in it; a leaf is a hash. What is read is checked for its form and believed in nothing
else.

Usage::

    files = write(entries, signed, key, title="…")
    read(files).signed
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from server.record.model import Signed
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.entries import Entry
from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.note import Note, NoteKey

LEAVES: Final = "leaves.json"
CHECKPOINTS: Final = "checkpoints.json"
NEWEST: Final = "checkpoint.txt"
KEY: Final = "key.vkey"
NAMES: Final = (LEAVES, CHECKPOINTS, NEWEST, KEY)
TYPE: Final = "phonghop.record"
_MOST: Final = 10_000_000


class Archive(NamedTuple):
    """What an archive holds; ``key`` is what it says itself."""

    entries: list[Entry]
    signed: list[Signed]
    key: NoteKey


def write(entries: Iterable[Entry], signed: Sequence[Signed], key: NoteKey) -> dict[str, bytes]:
    """All files by name."""
    leaves = [[entry.log, entry.seq, entry.hash] for entry in entries]
    notes = [{"at": print_instant(one.at), "note": one.note.decode()} for one in signed]
    files = {
        LEAVES: canonical.encode({"type": TYPE, "v": 1, "leaves": leaves}),
        CHECKPOINTS: canonical.encode({"checkpoints": notes}),
        KEY: f"{key.print()}\n".encode(),
    }
    return files | ({NEWEST: signed[-1].note} if signed else {})


def read(files: Mapping[str, bytes]) -> Archive:
    """Raises a WireError."""
    fields = Fields(canonical.decode(files.get(LEAVES, b"")), "record")
    fields.choice("type", frozenset({TYPE}))
    fields.number("v", low=1, high=1)
    entries = [_entry(value) for value in fields.items("leaves", limit=_MOST)]
    fields.end()
    found = Fields(canonical.decode(files.get(CHECKPOINTS, b"")), "checkpoints")
    signed = [_signed(each) for each in found.objects("checkpoints", limit=_MOST)]
    found.end()
    return Archive(entries, signed, NoteKey.read(files.get(KEY, b"").decode("utf-8", "replace")))


def stated(note: bytes, at: dt.datetime) -> Signed:
    """A checkpoint as its note states it, the signature unseen; raises BadNote."""
    found = Checkpoint.read(Note.read(note).text)
    return Signed(found.size, found.root, note, at)


def _entry(value: object) -> Entry:
    if not isinstance(value, list) or len(value) != 3:
        raise BadField("record.leaves", "a leaf is log, number and hash")
    log, seq, hashed = value
    return Entry.from_value({"v": 1, "log": log, "seq": seq, "hash": hashed})


def _signed(fields: Fields) -> Signed:
    note = fields.any("note")
    if not isinstance(note, str):
        raise BadField("checkpoints.note", "is not text")
    found = stated(note.encode(), fields.instant("at"))
    fields.end()
    return found
