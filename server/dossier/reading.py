"""Opens a dossier: an archive or a folder, into memory, within limits.

Rules: names that neither a dossier nor an exported record has are refused before anything is unpacked; sizes are those
that were read, never those that an archive states; nothing is written.

Usage: ``open_dossier(Path("ho-so.zip"))["events.json"]``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.dossier.layout import INDEX, MAX_FILES, NAME, RECORD
from server.record import archive

MAX_BYTES: Final = 1024**3
_MAGIC: Final = b"PK\x03\x04"


class NotADossier(Exception):
    """It cannot be read as one; the message says why."""


def is_archive(data: bytes) -> bool:
    """By its first bytes."""
    return data.startswith(_MAGIC)


def open_folder(folder: Path) -> dict[str, bytes]:
    """All files below ``folder`` by name; raises NotADossier, OSError."""
    files: dict[str, bytes] = {}
    room = MAX_BYTES
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        _must_be_name(name)
        if path.is_symlink() or len(files) >= MAX_FILES:
            raise NotADossier(f"{name}: a link, or one file too many")
        with path.open("rb") as file:
            files[name] = file.read(room + 1)
        room -= len(files[name])
        if room < 0:
            raise NotADossier(f"more than {MAX_BYTES} bytes")
    return files


def open_archive(data: bytes) -> dict[str, bytes]:
    """All files of an archive by name; raises NotADossier."""
    files: dict[str, bytes] = {}
    room = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as found:
            entries = found.infolist()
            if len(entries) > MAX_FILES:
                raise NotADossier("too many files")
            _must_be_all(found, entries)
            for entry in entries:
                if entry.is_dir():
                    continue
                _must_be_name(entry.filename)
                if entry.filename in files:
                    raise NotADossier(f"{entry.filename}: twice")
                with found.open(entry) as file:
                    files[entry.filename] = file.read(room + 1)
                room -= len(files[entry.filename])
                if room < 0:
                    raise NotADossier(f"more than {MAX_BYTES} bytes")
    except NotADossier:
        raise
    except Exception as exc:
        # A broken archive is answered with any of a dozen errors: of zipfile, zlib, struct and the codecs.
        raise NotADossier(str(exc) or type(exc).__name__) from exc
    return files


def _must_be_all(found: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Other programs must not find other files in it: of two archives in one file each shows one."""
    if found.comment or min((entry.header_offset for entry in entries), default=0) != 0:
        raise NotADossier("something lies before or after the files")


def _must_be_name(name: str) -> None:
    if name not in {INDEX, RECORD, *archive.NAMES} and NAME.fullmatch(name) is None:
        raise NotADossier(f"{name[:100]!r}: no dossier has such a file")
