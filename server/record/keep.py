"""The newest checkpoint in a file of its own, outside the database.

Rules: whoever puts an older database back does not put this file back with it by accident; what was signed is then
still known, and nothing that contradicts it is signed.

Usage: ``FileKeep(data_dir / "record" / "checkpoint").write(note)``.
"""

from __future__ import annotations

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
        replace_file(self.path, note, mode=PUBLIC_MODE)
