"""Archives of the form ``newc`` that a kernel unpacks as its first file system, and how a tar becomes one.

Rules: one archive after another is one file system, which is how our code comes on top of a kept base. Every part is
padded to four bytes (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).

Usage: `entry("srv/guest.py", data)`; `from_tar(Path("root.tar"), out, wanted=lambda name: True)`; `end()`.
"""

from __future__ import annotations

import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

_MAGIC: Final = "070701"
_TRAILER: Final = "TRAILER!!!"
_KINDS: Final = {
    tarfile.REGTYPE: stat.S_IFREG,
    tarfile.LNKTYPE: stat.S_IFREG,
    tarfile.DIRTYPE: stat.S_IFDIR,
    tarfile.SYMTYPE: stat.S_IFLNK,
    tarfile.CHRTYPE: stat.S_IFCHR,
}


def entry(name: str, data: bytes = b"", *, mode: int = stat.S_IFREG | 0o644, device: tuple[int, int] = (0, 0)) -> bytes:
    """One file, folder, link (``data``: its target) or device, owned by root."""
    path = name.encode() + b"\0"
    # ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
    numbers = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = (_MAGIC + "".join(f"{number:08X}" for number in numbers)).encode("ascii")
    return _padded(head + path) + _padded(data)


def folder(name: str) -> bytes:
    """A folder; those above it have entries of their own, before it."""
    return entry(name, mode=stat.S_IFDIR | 0o755)


def end() -> bytes:
    """The last entry of an archive."""
    return entry(_TRAILER, mode=0)


def from_tar(source: Path, out: BinaryIO, *, wanted: Callable[[str], bool]) -> None:
    """Write all members that are wanted, by their path without a slash before it, and the last entry."""
    with tarfile.open(source) as archive:
        for member in archive:
            name = member.name.removeprefix("./").strip("/")
            kind = _KINDS.get(member.type)
            if kind is None or name in {"", "."} or not wanted(name):
                continue
            data = member.linkname.encode() if member.issym() else b""
            if kind == stat.S_IFREG:
                found = archive.extractfile(member)  # a hard link is followed to the file's bytes
                data = b"" if found is None else found.read()
            device = (member.devmajor, member.devminor) if member.ischr() else (0, 0)
            out.write(entry(name, data, mode=kind | stat.S_IMODE(member.mode), device=device))
    out.write(end())


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
