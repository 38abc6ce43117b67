"""The root file system of a slot: the base, the kernel's modules, and what is ours, as one read-only squashfs.

Rules: nothing is unpacked on the build host, so no rights are needed and none are lost: the base's tar goes through,
member by member, without what ``recipe/dropped.txt`` names, then our layer. Everything of ours is root's and has the
build's one time; order, owner and time of each member decide the bytes, and all three are the same on every host.

Usage: `squash(base, kernel, layer, out, epoch=…)`
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from firmware_scripts import recipe
from firmware_scripts.base import Base
from firmware_scripts.errors import StepFailed
from firmware_scripts.kernel import Kernel
from firmware_scripts.running import environment, needed

#: Folders that are empty on the disk, because memory or another partition comes over them.
_EMPTY: Final = {
    "boot": 0o755, "dev": 0o755, "proc": 0o555, "run": 0o755, "sys": 0o555, "tmp": 0o1777, "var/cache": 0o755,
    "var/lib/phonghop-seat": 0o700, "var/log": 0o755, "var/tmp": 0o1777,
}  # fmt: skip
#: A middle level: the image is made anew at every change of our code.
_LEVEL: Final = 9
_RULES_FILE: Final = "etc/usbguard/rules.conf"


def squash(base: Base, kernel: Kernel, layer: Path, out: Path, *, epoch: int) -> None:
    """Write ``out``; raises :class:`StepFailed` when the packer does not take it."""
    pack(lambda stream: pour(base.tar, kernel, layer, stream, epoch=epoch), out, epoch=epoch)


def pack(fill: Callable[[BinaryIO], None], out: Path, *, epoch: int, level: int = _LEVEL) -> None:
    """A squashfs of the tar stream that ``fill`` writes; raises :class:`StepFailed` when it is not taken."""
    needed({"tar2sqfs": "squashfs-tools-ng"})
    out.unlink(missing_ok=True)
    packing = ("--compressor=zstd", f"--comp-extra=level={level}", "--block-size=256K")
    command = ["tar2sqfs", *packing, f"--num-jobs={os.cpu_count() or 1}", "--no-skip", "--quiet", str(out)]
    # Its words go to a file: a pipe that nobody reads while the other is being filled would stop both.
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=words, stderr=words, env=environment(epoch)) as packer,
    ):
        with contextlib.suppress(BrokenPipeError):  # it says why
            fill(cast("BinaryIO", packer.stdin))
        packer.communicate()
        words.seek(0)
        if packer.returncode:
            raise StepFailed(f"tar2sqfs: {words.read().decode(errors='replace')[-2000:]}")


def pour(base: Path, kernel: Kernel, layer: Path, out: BinaryIO, *, epoch: int) -> None:
    """The whole file system as one tar stream, each path once."""
    ours = dict(_layer(layer, epoch))
    modules = f"usr/lib/modules/{kernel.version}"
    ours |= {f"{modules}/{name}": member for name, member in _layer(kernel.modules, epoch)}
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as stream:
        present = _Folders(stream, epoch)
        for name, (member, open_it) in _without(base, set(ours)):
            if member.isdir():
                present.known(name)
            _put(stream, name, member, open_it)
        for name, mode in _EMPTY.items():
            present.need(name, mode=mode)
        for name in sorted(ours):
            member, open_it = ours[name]
            present.above(name)
            if member.isdir():
                present.need(name)
            else:
                _put(stream, name, member, open_it)


Member = tuple[tarfile.TarInfo, Callable[[], BinaryIO | None]]


def _put(stream: tarfile.TarFile, name: str, member: tarfile.TarInfo, open_it: Callable[[], BinaryIO | None]) -> None:
    member.name = name
    member.uname = member.gname = ""
    content = open_it()
    try:
        stream.addfile(member, content)
    finally:
        if content is not None:
            content.close()


def _without(base: Path, ours: set[str]) -> Iterator[tuple[str, Member]]:
    """Members of the base that stay, by their path without a slash before it."""
    gone = tuple(recipe.dropped())
    with tarfile.open(base) as archive:
        for member in archive:
            name = member.name.removeprefix("./").strip("/")
            if name in {"", "."} or (name in ours and not member.isdir()):
                continue
            if any(name == path or name.startswith(f"{path}/") for path in gone):
                continue
            if member.islnk():
                member.linkname = member.linkname.removeprefix("./")
            yield name, (member, lambda member=member: archive.extractfile(member) if member.isreg() else None)  # type: ignore[misc]


def _layer(top: Path, epoch: int) -> Iterator[tuple[str, Member]]:
    """Everything below ``top`` as root's, with the build's time."""
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted((*folders, *files)):
            path = Path(folder) / name
            member = tarfile.TarInfo(str(path.relative_to(top)))
            member.mtime = epoch
            if path.is_symlink():
                member.type, member.linkname, member.mode = tarfile.SYMTYPE, str(path.readlink()), 0o777
                yield member.name, (member, lambda: None)
            elif path.is_dir():
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                yield member.name, (member, lambda: None)
            else:
                member.size = path.stat().st_size
                member.mode = 0o755 if os.access(path, os.X_OK) else 0o644
                if member.name == _RULES_FILE:
                    member.mode = 0o600  # usbguard reads no other
                yield member.name, (member, lambda path=path: path.open("rb"))  # type: ignore[misc]


class _Folders:
    """Folders that are in the stream: the base's stay as they are, ours come before what lies in them."""

    def __init__(self, stream: tarfile.TarFile, epoch: int) -> None:
        self._stream: Final = stream
        self._epoch: Final = epoch
        self._made: Final[set[str]] = set()

    def known(self, name: str) -> None:
        """The base has it."""
        self._made.add(name)

    def above(self, name: str) -> None:
        """All folders above a path."""
        for folder in reversed(Path(name).parents[:-1]):
            self.need(str(folder))

    def need(self, name: str, *, mode: int = 0o755) -> None:
        """One folder, once."""
        if name in self._made:
            return
        self._made.add(name)
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.mtime = tarfile.DIRTYPE, mode, self._epoch
        self._stream.addfile(member)
