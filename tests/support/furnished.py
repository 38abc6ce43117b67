"""The data of an office that has just been furnished, made once a process and put into folder after folder.

Rules: what is put there is what the server itself wrote (database, keys, certificates), and nothing that it held in
memory; the office that starts on it is like one started again. Offices with the same people share ids and keys, so a
test of two sites asks for one that is furnished by itself.

Usage::

    kept = taken(folder)      # of an office that is closed
    put(kept, another)
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What the server's processes hold beside the data: nothing that lasts.
_PASSING: Final = (".lock", "-shm", "-wal")


@dataclass(frozen=True, slots=True)
class Kept:
    """Folders and files by their relative paths, with their modes."""

    folders: tuple[tuple[str, int], ...]
    files: tuple[tuple[str, int, bytes], ...]


def taken(folder: Path) -> Kept:
    """All that lies below ``folder``."""
    database = sqlite3.connect(folder / "phonghop.db")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    found = [(path, str(path.relative_to(folder)), path.stat().st_mode & 0o777) for path in sorted(folder.rglob("*"))]
    return Kept(
        tuple((name, mode) for path, name, mode in found if path.is_dir()),
        tuple((name, mode, path.read_bytes()) for path, name, mode in found if _lasts(path)),
    )


def put(kept: Kept, folder: Path) -> None:
    """Write it into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, mode in kept.folders:
        (folder / name).mkdir(mode=mode)
    for name, mode, data in kept.files:
        (folder / name).write_bytes(data)
        (folder / name).chmod(mode)


def _lasts(path: Path) -> bool:
    return path.is_file() and not path.name.endswith(_PASSING)
