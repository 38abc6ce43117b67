"""A disk in memory that can lose power: the twin of `edge.vault.disk.RealDisk`.

Rules: what was not synced may be lost, wholly or in part, when the power goes; what was synced stays. ``fail_after``
cuts the power in the middle of some later operation, ``capacity`` makes it full.

Usage::

    disk = FakeDisk(random.Random(7))
    disk.cut_after(12)          # PowerCut is raised by the 12th write from now
    disk.restart()
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from edge.errors import DiskFull


class PowerCut(BaseException):
    """The power went: nothing catches it but the test that cut it."""


@dataclass
class _File:
    """``durable``: what a power cut leaves (None: no such file). ``writes``: what came since."""

    durable: bytes | None = None
    now: bytearray = field(default_factory=bytearray)
    writes: list[tuple[int, bytes]] = field(default_factory=list)


class FakeDisk:
    """Files by name."""

    def __init__(self, chance: random.Random | None = None, *, capacity: int = 1 << 40) -> None:
        self._chance = chance or random.Random(0)
        self._files: dict[str, _File] = {}
        self._cut_in: int | None = None
        self.capacity = capacity
        self.syncs = 0

    # ------------------------------------------------------- what tests do to it

    def cut_after(self, operations: int) -> None:
        """Cut the power during the ``operations``-th write, sync or removal from now."""
        self._cut_in = operations

    def restart(self) -> None:
        """The power went and came back: unsynced writes are lost, kept, or kept in part."""
        self._cut_in = None
        for name, file in list(self._files.items()):
            left = bytearray(file.durable or b"")
            exists = file.durable is not None
            for offset, data in file.writes:
                kept = data[: self._chance.choice((0, len(data), self._chance.randrange(len(data) + 1)))]
                if kept:
                    exists = True
                    left.extend(bytes(max(0, offset + len(kept) - len(left))))
                    left[offset : offset + len(kept)] = kept
            if exists:
                self._files[name] = _File(bytes(left), left)
            else:
                del self._files[name]

    def content(self) -> bytes:
        """Every byte of every file, names included, as somebody finds it who takes the disk away."""
        return b"\n".join(name.encode() + b"\n" + bytes(file.now) for name, file in self._files.items())

    def all_names(self) -> list[str]:
        """The names of all files."""
        return sorted(self._files)

    def used(self) -> int:
        """Bytes in all files."""
        return sum(len(file.now) for file in self._files.values())

    # ------------------------------------------------------- the port

    def read(self, name: str) -> bytes | None:
        file = self._files.get(name)
        return None if file is None else bytes(file.now)

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        file = self._files.get(name)
        return b"" if file is None else bytes(file.now[offset : offset + length])

    def put(self, name: str, data: bytes) -> None:
        self._count()
        self._must_fit(len(data) - self.size(name))
        self._files[name] = _File(bytes(data), bytearray(data))
        self.syncs += 1

    def append(self, name: str, data: bytes) -> None:
        self.write_at(name, self.size(name), data)

    def write_at(self, name: str, offset: int, data: bytes) -> None:
        fits = self.free_bytes() - max(0, offset + len(data) - self.size(name)) >= 0
        if not fits:
            data = data[: max(0, self.size(name) - offset + self.free_bytes())]
        file = self._files.setdefault(name, _File())
        file.writes.append((offset, bytes(data)))
        file.now.extend(bytes(max(0, offset + len(data) - len(file.now))))
        file.now[offset : offset + len(data)] = data
        self._count()
        if not fits:
            # As real disks do: what fitted is there.
            raise DiskFull("the fake disk is full")

    def truncate(self, name: str, size: int) -> None:
        self._count()
        file = self._files.get(name)
        if file is not None:
            del file.now[size:]
            self._files[name] = _File(bytes(file.now), file.now)

    def sync(self, name: str) -> None:
        self._count()
        file = self._files[name]
        self._files[name] = _File(bytes(file.now), file.now)
        self.syncs += 1

    def size(self, name: str) -> int:
        file = self._files.get(name)
        return 0 if file is None else len(file.now)

    def names(self, folder: str) -> list[str]:
        inside = (name.removeprefix(f"{folder}/") for name in self._files if name.startswith(f"{folder}/"))
        return sorted({name.partition("/")[0] for name in inside})

    def shred(self, name: str) -> None:
        if name in self._files:
            self._count()
            del self._files[name]

    def remove(self, name: str) -> None:
        self.shred(name)

    def free_bytes(self) -> int:
        return max(0, self.capacity - self.used())

    def path(self, name: str) -> Path:
        return Path("/nowhere") / name

    def _must_fit(self, more: int) -> None:
        if more > self.free_bytes():
            raise DiskFull("the fake disk is full")

    def _count(self) -> None:
        if self._cut_in is not None:
            self._cut_in -= 1
            if self._cut_in <= 0:
                self._cut_in = None
                raise PowerCut
