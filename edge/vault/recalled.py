"""What was destroyed here, kept until long after the receipt: the seat's memory of its recalls (P7).

Rules: the note is written before the first key is destroyed, so that a power cut in the middle is finished at the next
start and the receipt still counts what was held. The act id of the receipt is in the note: however often it is sent, it
is one receipt.

Usage::

    notes = Notes.load(disk, sealer)
    notes.put(replace(note, confirmed=True))
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, Self

from edge.vault.disk import Disk
from edge.vault.seal import Sealer
from wire import canonical
from wire.fields import Fields, print_instant
from wire.messages import HeldPaper

FOLDER: Final = "recalled"
_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class Note:
    """One recall. ``destroyed_at`` is None while the keys are being destroyed."""

    meeting: str
    act: str
    title: str
    papers: tuple[HeldPaper, ...]
    destroyed_at: dt.datetime | None = None
    confirmed: bool = False

    @property
    def pages(self) -> int:
        """Pages that were held whole."""
        return sum(paper.pages for paper in self.papers)

    def receipt(self) -> dict[str, Any]:
        """What the outbox keeps of the receipt."""
        if self.destroyed_at is None:
            raise ValueError("nothing is destroyed yet")
        return {
            "destroyed_at": print_instant(self.destroyed_at),
            "papers": [paper.to_value() for paper in self.papers],
        }

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "meeting": self.meeting,
            "act": self.act,
            "title": self.title,
            "papers": [paper.to_value() for paper in self.papers],
            "destroyed_at": None if self.destroyed_at is None else print_instant(self.destroyed_at),
            "confirmed": self.confirmed,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check; raises :class:`wire.errors.BadField`."""
        note = cls(
            meeting=fields.id("meeting", "m"),
            act=fields.id("act", "a"),
            title=fields.text("title", limit=500, empty=True),
            papers=tuple(HeldPaper.read(each) for each in fields.objects("papers")),
            destroyed_at=fields.instant("destroyed_at") if fields.has("destroyed_at") else None,
            confirmed=fields.flag("confirmed"),
        )
        fields.end()
        return note


class Notes:
    """All notes, one sealed file each."""

    def __init__(self, disk: Disk, sealer: Sealer) -> None:
        self._disk = disk
        self._sealer = sealer
        self._notes: dict[str, Note] = {}

    @classmethod
    def load(cls, disk: Disk, sealer: Sealer) -> Self:
        """Read what is there; raises :class:`edge.errors.SealBroken`, and what the disk raises."""
        notes = cls(disk, sealer)
        for name in disk.names(FOLDER):
            place = f"{FOLDER}/{name}"
            data = sealer.open(disk.read(place) or b"", place=place)
            note = Note.read(Fields(canonical.decode(data), "note"))
            notes._notes[note.meeting] = note
        return notes

    def get(self, meeting: str) -> Note | None:
        """The note of one meeting."""
        return self._notes.get(meeting)

    def all(self) -> tuple[Note, ...]:
        """All notes."""
        return tuple(self._notes.values())

    def put(self, note: Note) -> None:
        """Keep a note durably; old confirmed ones make room."""
        place = f"{FOLDER}/{note.meeting}"
        self._disk.put(place, self._sealer.seal(canonical.encode(note.to_value()), place=place))
        self._notes[note.meeting] = note
        if note.confirmed:
            self._make_room()

    def _make_room(self) -> None:
        settled = [note for note in self._notes.values() if note.confirmed and note.destroyed_at is not None]
        settled.sort(key=lambda note: note.destroyed_at or dt.datetime.min.replace(tzinfo=dt.UTC))
        for note in settled[:-_KEPT]:
            self._disk.remove(f"{FOLDER}/{note.meeting}")
            del self._notes[note.meeting]
