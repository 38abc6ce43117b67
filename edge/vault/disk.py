"""The disk as a port: few operations, each saying what survives a power cut.

Rules: names are relative, ``/`` between levels. ``put`` is all or nothing and durable when it returns; ``append`` and
``write_at`` are durable after ``sync`` of the same name, and before that any part of them may be lost. A full disk is
:class:`edge.errors.DiskFull` and changes nothing that was durable. The twin that loses power is
``tests/support/fake_disk.py``; both pass ``tests/contract/test_disk.py``.

Usage::

    disk = RealDisk(Path("/var/lib/phonghop-seat/vault"))
    disk.put("wish", sealed)
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from edge.errors import DiskFull, StoreUnreadable

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BLOCK: Final = 1 << 16
_WRITE: Final = os.O_WRONLY | os.O_CLOEXEC


class Disk(Protocol):
    """Where the vault keeps its files."""

    def read(self, name: str) -> bytes | None:
        """The whole file, or None when there is none."""
        ...

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes; fewer at the end, none when there is no file. Holes read as zeros."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Replace the whole file, all or nothing, durably."""
        ...

    def append(self, name: str, data: bytes) -> None:
        """Add at the end; makes the file."""
        ...

    def write_at(self, name: str, offset: int, data: bytes) -> None:
        """Write at an offset; makes the file, leaves a hole before."""
        ...

    def truncate(self, name: str, size: int) -> None:
        """Cut to ``size`` bytes, durably; a file that is not there stays so."""
        ...

    def sync(self, name: str) -> None:
        """Make all that was written to the file, and its name, durable."""
        ...

    def size(self, name: str) -> int:
        """Bytes in the file, 0 when there is none."""
        ...

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none when there is no folder."""
        ...

    def shred(self, name: str) -> None:
        """Overwrite, then remove, durably; nothing happens when there is no file."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file or an empty folder, durably; nothing happens when it is not there."""
        ...

    def free_bytes(self) -> int:
        """What can still be written."""
        ...

    def path(self, name: str) -> Path:
        """The file for a program that must open it itself (the page renderer)."""
        ...


class RealDisk:
    """A folder of a real file system; files are readable by their owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root
        #: names made since their folder was last synced
        self._fresh: set[str] = set()

    def read(self, name: str) -> bytes | None:
        """The whole file, or None."""
        with _explained(name):
            try:
                return self.path(name).read_bytes()
            except FileNotFoundError:
                return None

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes."""
        with _explained(name):
            try:
                with self.path(name).open("rb") as file:
                    return os.pread(file.fileno(), length, offset)
            except FileNotFoundError:
                return b""

    def put(self, name: str, data: bytes) -> None:
        """Write beside, sync, rename, sync the folder."""
        path = self.path(name)
        self._make_folder(path.parent)
        beside = path.with_name(f".{path.name}.new")
        with _explained(name):
            try:
                with _opened(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as fd:
                    _write_all(fd, data, 0)
                    os.fsync(fd)
                beside.replace(path)
            except OSError:
                beside.unlink(missing_ok=True)
                raise
            _sync_folder(path.parent)
        self._fresh.discard(name)

    def append(self, name: str, data: bytes) -> None:
        """Add at the end."""
        self._write(name, None, data)

    def write_at(self, name: str, offset: int, data: bytes) -> None:
        """Write at an offset."""
        self._write(name, offset, data)

    def truncate(self, name: str, size: int) -> None:
        """Cut to ``size`` bytes."""
        path = self.path(name)
        with _explained(name):
            if path.exists():
                with _opened(path, os.O_WRONLY) as fd:
                    os.ftruncate(fd, size)
                    os.fsync(fd)

    def sync(self, name: str) -> None:
        """``fdatasync``, and the folder once for a new name."""
        path = self.path(name)
        with _explained(name), _opened(path, os.O_WRONLY) as fd:
            os.fdatasync(fd)
            if name in self._fresh:
                _sync_folder(path.parent)
                self._fresh.discard(name)

    def size(self, name: str) -> int:
        """Bytes in the file."""
        with _explained(name):
            try:
                return self.path(name).stat().st_size
            except FileNotFoundError:
                return 0

    def names(self, folder: str) -> list[str]:
        """The names in a folder; half-written files do not count."""
        with _explained(folder):
            try:
                return sorted(path.name for path in self.path(folder).iterdir() if not path.name.startswith("."))
            except FileNotFoundError:
                return []

    def shred(self, name: str) -> None:
        """Random bytes over it, sync, unlink, sync the folder.

        On flash the old cells may live on (docs/adr/0007): what lies there is sealed under the store key besides.
        """
        path = self.path(name)
        with _explained(name):
            if not path.exists():
                return
            try:
                _overwrite(path)
            except OSError as exc:
                # A file system that copies on write needs room even for this; the name must go all the same.
                if exc.errno not in _FULL:
                    raise
            path.unlink()
            _sync_folder(path.parent)
        self._fresh.discard(name)

    def remove(self, name: str) -> None:
        """Unlink a file, or remove a folder that is empty but for half-written files."""
        path = self.path(name)
        with _explained(name):
            if path.is_dir():
                for left in path.glob(".*.new"):
                    left.unlink(missing_ok=True)
                path.rmdir()
            elif path.exists():
                path.unlink()
            else:
                return
            _sync_folder(path.parent)
        self._fresh.discard(name)

    def free_bytes(self) -> int:
        """What an ordinary user can still write."""
        self._make_folder(self._root)
        with _explained("."):
            return shutil.disk_usage(self._root).free

    def path(self, name: str) -> Path:
        """The file itself."""
        return self._root / name

    def _write(self, name: str, offset: int | None, data: bytes) -> None:
        # Thousands of chunks come this way: looking for folder and file first costs as much as the write itself.
        path = f"{self._root}/{name}"
        with _explained(name):
            try:
                fd = os.open(path, _WRITE)
            except FileNotFoundError:
                self._make_folder(self.path(name).parent)
                fd = os.open(path, _WRITE | os.O_CREAT, 0o600)
                self._fresh.add(name)
            try:
                _write_all(fd, data, os.fstat(fd).st_size if offset is None else offset)
            finally:
                os.close(fd)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        with _explained(str(folder)):
            for made in reversed([folder, *folder.parents]):
                if not made.is_dir():
                    made.mkdir(mode=0o700, exist_ok=True)
                    _sync_folder(made.parent)


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    fd = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)


def _overwrite(path: Path) -> None:
    with _opened(path, os.O_WRONLY) as fd:
        size = os.fstat(fd).st_size
        for offset in range(0, size, _BLOCK):
            _write_all(fd, os.urandom(min(_BLOCK, size - offset)), offset)
        os.fsync(fd)


def _write_all(fd: int, data: bytes, offset: int) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(fd, rest, offset)
        rest, offset = rest[written:], offset + written


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    """Errors of the operating system become ours at this border."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            raise DiskFull(f"no room for {name}") from exc
        raise StoreUnreadable(f"{name}: {exc.strerror}") from exc
