"""The encrypted papers on the disk: ``data_dir/files/<paper>.<version>.ct``, written once and never changed.

Rules: a file has its name only when it is whole and synced; a file without a row in the database is what a crash left
and is swept; chunks are read from where they lie, the file opened once.

Usage::

    made = files.encrypt(safe.reader(), version, key=key)
    files.chunk(version, layout, number)
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, Final

from sealing.papers import EncryptedPaper, encrypt_paper
from server.papers.intake import no_room_is_disk_full
from wire.errors import BadTopic
from wire.records import Layout
from wire.secret import Secret
from wire.topics import PaperVersion, parse_paper_version

_SUFFIX: Final = ".ct"
_KEPT_OPEN: Final = 32


class PaperFiles:
    """The folder of encrypted papers; for all threads."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._lock: Final = threading.Lock()
        self._open: OrderedDict[PaperVersion, int] = OrderedDict()

    def path(self, version: PaperVersion) -> Path:
        """Where a version lies."""
        return self._folder / f"{version}{_SUFFIX}"

    def encrypt(self, source: BinaryIO, version: PaperVersion, *, key: Secret) -> EncryptedPaper:
        """Encrypt ``source``; returns when it is on the disk for good. Raises :class:`DiskFull`, leaving nothing."""
        target = self.path(version)
        draft = target.with_name(f".{target.name}.new")
        try:
            with no_room_is_disk_full(), _new(draft) as file:
                made = encrypt_paper(source, file, key=key, paper=version)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
            self._sync_folder()
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return made

    def discard(self, version: PaperVersion) -> None:
        """Remove a version whose upload did not come to an end, or whose meeting was a rehearsal that is over."""
        with self._lock:
            descriptor = self._open.pop(version, None)
            if descriptor is not None:
                os.close(descriptor)
        self.path(version).unlink(missing_ok=True)

    def chunk(self, version: PaperVersion, layout: Layout, number: int) -> bytes:
        """One transport chunk; raises ``OSError`` when the file is not there or shorter."""
        offset, length = layout.chunk(number)
        with self._lock:
            data = os.pread(self._descriptor(version), length, offset)
        if len(data) != length:
            raise OSError(f"{self.path(version).name} ends before chunk {number}")
        return data

    def sweep(self, known: Collection[PaperVersion]) -> int:
        """Remove drafts and versions that the database does not know; how many. Call it before the first upload."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        left = [path for path in self._folder.iterdir() if _version_of(path) not in known]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            for descriptor in self._open.values():
                os.close(descriptor)
            self._open.clear()

    def _descriptor(self, version: PaperVersion) -> int:
        found = self._open.get(version)
        if found is None:
            found = self._open[version] = os.open(self.path(version), os.O_RDONLY)
            if len(self._open) > _KEPT_OPEN:
                os.close(self._open.popitem(last=False)[1])
        self._open.move_to_end(version)
        return found

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _version_of(path: Path) -> PaperVersion | None:
    try:
        return parse_paper_version(path.name.removesuffix(_SUFFIX)) if path.name.endswith(_SUFFIX) else None
    except BadTopic:
        return None
