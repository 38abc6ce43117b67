"""A checkpoint: how long the record is and what its root is, as a signed note (C2SP tlog-checkpoint, W72).

Rules: three lines – origin, size in decimal, root in base 64 – and whatever lines an extension adds, which are kept
and mean nothing here. The origin is the name of the key that signs.

Usage::

    Checkpoint("example.org/log", 9, root).note(key, sign).encode()
    Checkpoint.open(data, key, check).size
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from wire.errors import BadNote
from wire.merkle import HASH_BYTES, MAX_SIZE
from wire.note import Check, Note, NoteKey, Sign

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``size`` leaves with the root ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))

    def note(self, key: NoteKey, sign: Sign) -> Note:
        """Signed."""
        return Note.signed(self.text(), key, sign)

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Of a note's text; raises BadNote."""
        origin, size, root, *extensions = [*text.removesuffix("\n").split("\n"), "", ""][: max(3, text.count("\n"))]
        if not origin or _SIZE.fullmatch(size) is None or int(size) > MAX_SIZE or not all(extensions):
            raise BadNote("not the lines of a checkpoint")
        try:
            raw = base64.b64decode(root.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as exc:
            raise BadNote("the root is not base 64") from exc
        found = cls(origin, int(size), raw, tuple(extensions))
        if len(raw) != HASH_BYTES or found.text() != text:
            raise BadNote("not a checkpoint in its one form")
        return found

    @classmethod
    def open(cls, data: bytes, key: NoteKey, check: Check) -> Checkpoint:
        """Of a signed note: the signature first; raises BadNote, also for the checkpoint of another log."""
        note = Note.read(data)
        note.verify(key, check)
        found = cls.read(note.text)
        if found.origin != key.name:
            raise BadNote("the checkpoint of another log")
        return found
