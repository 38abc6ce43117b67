"""The bundles on the server's disk.

Rules: a bundle lies in ``data_dir/releases`` under its SHA-256; until it was looked through it has another name, and
whatever has that name at the start is what a crash left. A name is there only after its bytes are. Nothing in it is
secret.

Usage::

    with files.receive(stream, expected_bytes=size) as incoming:
        found = read(incoming.file, incoming.size, …)
        incoming.keep()
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from server.updates.errors import BundleBroken, BundleTooLarge, StorageFull
from wire.messages.updates import MAX_BUNDLE_BYTES

_MIB: Final = 1024**2
_AT_ONCE: Final = _MIB
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Incoming:
    """One bundle that has come whole: ``sha256`` in hexadecimal, ``file`` open for reading."""

    def __init__(self, path: Path, file: IO[bytes], size: int, sha256: str) -> None:
        self.file: Final = file
        self.size: Final = size
        self.sha256: Final = sha256
        self._path: Final = path

    def keep(self) -> None:
        """Give it its name, durably."""
        self._path.replace(self._path.with_name(f"{self.sha256}.raucb"))
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class BundleFiles:
    """The folder; ``free_bytes`` says what its disk still has."""

    def __init__(
        self,
        folder: Path,
        *,
        reserve_mib: int,
        limit_bytes: int = MAX_BUNDLE_BYTES,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        self._folder: Final = folder
        self._reserve_bytes: Final = reserve_mib * _MIB
        self._limit_bytes: Final = limit_bytes
        self._free_bytes: Final = free_bytes

    def sweep(self, known: Collection[str]) -> None:
        """Remove what a crash left: uploads, and bundles that are none of the ``known`` digests."""
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if path.suffix == ".coming" or (path.suffix == ".raucb" and path.stem not in known):
                path.unlink(missing_ok=True)

    @contextmanager
    def receive(self, stream: IO[bytes], *, expected_bytes: int | None, name: str) -> Iterator[Incoming]:
        """Take a stream to the disk; what is not kept is gone afterwards.

        ``name``: random, of this upload. Raises BundleTooLarge, BundleBroken (it ended early), StorageFull.
        """
        if expected_bytes is not None and expected_bytes > self._limit_bytes:
            raise BundleTooLarge(limit_mib=self._limit_bytes // _MIB)
        if self._free_bytes(self._folder) < (expected_bytes or 0) + self._reserve_bytes:
            raise StorageFull
        path = self._folder / f"{name}.coming"
        try:
            with path.open("xb+") as file:
                yield self._taken(path, file, stream, expected_bytes)
        except OSError as exc:
            if exc.errno in _NO_ROOM:
                raise StorageFull from exc
            raise
        finally:
            path.unlink(missing_ok=True)

    def _taken(self, path: Path, file: IO[bytes], stream: IO[bytes], expected: int | None) -> Incoming:
        sha256, size = hashlib.sha256(), 0
        while lot := stream.read(_AT_ONCE):
            size += len(lot)
            if size > self._limit_bytes:
                raise BundleTooLarge(limit_mib=self._limit_bytes // _MIB)
            if self._free_bytes(self._folder) < self._reserve_bytes:
                raise StorageFull
            sha256.update(lot)
            file.write(lot)
        if expected is not None and size != expected:
            raise BundleBroken
        file.flush()
        os.fsync(file.fileno())
        return Incoming(path, file, size, sha256.hexdigest())

    def path(self, sha256: str) -> Path | None:
        """Where a bundle lies, None when it does not; ``sha256`` is 64 hexadecimal digits."""
        path = self._folder / f"{sha256}.raucb"
        return path if path.is_file() else None

    def remove(self, sha256: str) -> None:
        """It is not there any more."""
        (self._folder / f"{sha256}.raucb").unlink(missing_ok=True)
