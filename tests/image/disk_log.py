"""What a computer wrote to its disk, write by write, and the disk as a plug that was pulled at one moment leaves it.

Rules: the log is QEMU's (``blklogwrites``), in the format of the kernel's dm-log-writes (Documentation/admin-guide/
device-mapper/log-writes.rst): a flush stands after all that it has made durable. What was answered by a flush before
the moment is on the disk. Of what was written since, each write is there, or is not, or is there in part: sectors of
512 bytes are the least that a disk writes whole. All of it follows from ``chance``. A write that was under way beside a
flush stands before it in the log, so it counts as durable: a real disk may lose a little more than this one.

Usage::

    entries = read(log)
    first = durable(entries, before=len(entries))
    cut = Cut.at(entries, first=first, moment=1234, chance=random.Random(7))
    cut.put(log, disk)
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, Self

SECTOR: Final = 512
_MAGIC: Final = 0x6A736677736872
_VERSION: Final = 1
_SUPER: Final = struct.Struct("<QQQI")
_ENTRY: Final = struct.Struct("<QQQQ")
_FLUSH, _FUA, _DISCARD = 1, 2, 4
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """``offset`` and ``length`` on the disk; ``at``: where the bytes are in the log. A flush has no length."""

    offset: int
    length: int
    at: int
    is_flush: bool = False
    is_durable: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the log that are on the disk."""

    offset: int
    length: int
    at: int


def read(log: Path) -> tuple[Entry, ...]:
    """All that is known to be in the log whole; raises ValueError for what is none, or has a hole in it."""
    with log.open("rb") as file:
        head = file.read(SECTOR)
        magic, version, count, sector = _SUPER.unpack_from(head.ljust(_SUPER.size, b"\0"))
        if (magic, version, sector) != (_MAGIC, _VERSION, SECTOR):
            raise ValueError(f"{log}: no log of writes in sectors of {SECTOR}")
        found: list[Entry] = []
        at = SECTOR
        for _ in range(count):
            file.seek(at)
            first, sectors, flags, more = _ENTRY.unpack(file.read(_ENTRY.size))
            if not sectors and not flags:
                raise ValueError(f"{log}: entry {len(found)} of {count} was never written")
            length = 0 if flags & _DISCARD else sectors * SECTOR
            at += SECTOR
            found.append(Entry(first * SECTOR, length, at, bool(flags & _FLUSH), bool(flags & _FUA)))
            at += length + more
    return tuple(found)


def durable(entries: Sequence[Entry], *, before: int) -> int:
    """So many entries from the first on end with the last flush before this moment."""
    return next((number for number in range(before, 0, -1) if entries[number - 1].is_flush), 0)


@dataclass(frozen=True, slots=True)
class Cut:
    """``pieces``: what is put on a disk that has all entries before ``first``; ``open``: writes that no flush held,
    of which so many were lost or torn.
    """

    pieces: tuple[Piece, ...]
    open: int
    lost: int
    torn: int

    @classmethod
    def at(cls, entries: Sequence[Entry], *, first: int, moment: int, chance: Random) -> Self:
        """The power goes when ``moment`` entries have been written."""
        held = max(first, durable(entries, before=moment))
        pieces = [Piece(each.offset, each.length, each.at) for each in entries[first:held] if each.length]
        since = [each for each in entries[held:moment] if each.length]
        lost = torn = 0
        for each in since:
            left = tuple(_left(each, chance))
            lost += not left
            torn += bool(left) and sum(piece.length for piece in left) < each.length
            pieces += left
        return cls(tuple(pieces), len(since), lost, torn)

    def put(self, log: Path, disk: Path) -> None:
        """Write it, in the order of the log."""
        with log.open("rb") as source, disk.open("r+b") as target:
            for piece in self.pieces:
                done = 0
                while done < piece.length:
                    content = os.pread(source.fileno(), min(_PIECE, piece.length - done), piece.at + done)
                    if not content:
                        # The end of a file of zeros that nobody has written after.
                        content = bytes(min(_PIECE, piece.length - done))
                    done += os.pwrite(target.fileno(), content, piece.offset + done)


def _left(entry: Entry, chance: Random) -> Iterator[Piece]:
    """What is there of a write that no flush has held: a third each of nothing, all and some."""
    fate = "whole" if entry.is_durable else chance.choice(("lost", "whole", "torn"))
    if fate == "lost":
        return
    sectors = entry.length // SECTOR
    if fate == "whole" or sectors == 1:
        yield Piece(entry.offset, entry.length, entry.at)
        return
    # The beginning, the end, or parts of it: a disk goes through its queue as it likes.
    middle = chance.randrange(1, sectors)
    kind = chance.choice(("beginning", "end", "parts"))
    if kind == "parts":
        size = max(1, sectors // 8)
        runs = [(at, min(size, sectors - at)) for at in range(0, sectors, size) if chance.random() < 0.5]
    else:
        runs = [(0, middle)] if kind == "beginning" else [(middle, sectors - middle)]
    for at, count in runs:
        yield Piece(entry.offset + at * SECTOR, count * SECTOR, entry.at + at * SECTOR)
