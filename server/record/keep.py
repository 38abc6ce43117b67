"""The newest checkpoint in a file of its own, outside the database.

Rules: whoever puts an older database back does not put this file back with it by accident; what was signed is then
still known, and nothing that contradicts it is signed. Signatures are made by several threads, and by commands beside
the server: they write one after another.

Usage: ``FileKeep(data_dir / "record" / "checkpoint").write(note)``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.pki.files import PUBLIC_MODE, replace_file


@dataclass(frozen=True, slots=True)
class FileKeep:
    """The port :class:`server.record.ports.Keep` as a file."""

    path: Path

    def read(self) -> bytes | None:
        """The note that was kept last."""
        return self.path.read_bytes() if self.path.exists() else None

    def write(self, note: bytes) -> None:
        """Keep it, durably."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn():
            replace_file(self.path, note, mode=PUBLIC_MODE)

    def set_aside(self) -> None:
        """Keep the newest note as evidence beside itself, under a name of its content: it counts no more."""
        with self._turn():
            note = self.read()
            if note is not None:
                name = f"{self.path.name}-{hashlib.sha256(note).hexdigest()[:16]}.old"
                replace_file(self.path.with_name(name), note, mode=PUBLIC_MODE)
                self.path.unlink()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
