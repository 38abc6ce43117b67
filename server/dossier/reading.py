"""Opens a dossier: an archive or a folder, within limits.

Rules: names that neither a dossier nor an exported record has are refused before anything is unpacked; sizes are those
that were read, never those that an archive states; nothing is written. The meeting's papers are measured piece by
piece, whatever they weigh; everything else lies in memory.

Usage::

    with Path("ho-so.zip").open("rb") as file:
        files = opened(file)
        files["events.json"]
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final

from server.dossier.layout import INDEX, MAX_FILES, NAME, PAPERS, RECORD, Entry, Files
from server.record import archive

MAX_BYTES: Final = 1024**3
#: Of all papers of a meeting.
MAX_PAPERS_BYTES: Final = 64 * 1024**3
_MAGIC: Final = b"PK\x03\x04"
_PIECE: Final = 1024**2
Open = Callable[[], AbstractContextManager[IO[bytes]]]


class NotADossier(Exception):
    """It cannot be read as one; the message says why."""


def is_archive(data: bytes) -> bool:
    """By its first bytes."""
    return data.startswith(_MAGIC)


def open_folder(folder: Path) -> Files:
    """All files below ``folder`` by name; raises NotADossier, OSError."""
    reading = _Reading()
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise NotADossier(f"{name}: a link")
        reading.take(name, partial(_open, path))
    return reading.files


def open_archive(data: bytes) -> dict[str, bytes]:
    """All files of an archive in memory, by name; raises NotADossier."""
    return dict(opened(io.BytesIO(data)))


def opened(file: BinaryIO) -> Files:
    """The files of an archive by name, as long as ``file`` is open; raises NotADossier."""
    reading = _Reading()
    try:
        found = zipfile.ZipFile(file)
        entries = found.infolist()
        if len(entries) > MAX_FILES:
            raise NotADossier("too many files")
        _must_be_all(found, entries)
        for entry in entries:
            if not entry.is_dir():
                reading.take(entry.filename, partial(found.open, entry))
    except NotADossier:
        raise
    except Exception as exc:
        # A broken archive is answered with any of a dozen errors: of zipfile, zlib, struct and the codecs.
        raise NotADossier(str(exc) or type(exc).__name__) from exc
    return reading.files


class _Reading:
    """Takes files one after the other, each once, and no more than there is room for."""

    def __init__(self) -> None:
        self._kept: Final[dict[str, bytes]] = {}
        self._measured: Final[dict[str, tuple[Entry, Callable[[], bytes]]]] = {}
        self._room = {True: MAX_PAPERS_BYTES, False: MAX_BYTES}

    @property
    def files(self) -> Files:
        return Files(self._kept, self._measured)

    def take(self, name: str, open_it: Open) -> None:
        """Read or measure one; raises NotADossier and what reading raises."""
        _must_be_name(name)
        if name in self._kept or name in self._measured:
            raise NotADossier(f"{name}: twice")
        if len(self._kept) + len(self._measured) >= MAX_FILES:
            raise NotADossier("too many files")
        if name.startswith(PAPERS):
            self._measured[name] = (self._measure(open_it), partial(_whole, open_it))
        else:
            self._kept[name] = b"".join(self._pieces(open_it, papers=False))

    def _measure(self, open_it: Open) -> Entry:
        size, sha256 = 0, hashlib.sha256()
        for piece in self._pieces(open_it, papers=True):
            size += len(piece)
            sha256.update(piece)
        return Entry(size, sha256.hexdigest())

    def _pieces(self, open_it: Open, *, papers: bool) -> Iterator[bytes]:
        with open_it() as file:
            while piece := file.read(_PIECE):
                self._room[papers] -= len(piece)
                if self._room[papers] < 0:
                    raise NotADossier(f"more than {MAX_PAPERS_BYTES if papers else MAX_BYTES} bytes")
                yield piece


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _whole(open_it: Open) -> bytes:
    with open_it() as file:
        return file.read()


def _must_be_all(found: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Other programs must not find other files in it: of two archives in one file each shows one."""
    if found.comment or min((entry.header_offset for entry in entries), default=0) != 0:
        raise NotADossier("something lies before or after the files")


def _must_be_name(name: str) -> None:
    if name not in {INDEX, RECORD, *archive.NAMES} and NAME.fullmatch(name) is None:
        raise NotADossier(f"{name[:100]!r}: no dossier has such a file")
