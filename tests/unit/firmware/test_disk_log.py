"""The record of a disk that power cuts are made of: read as QEMU writes it, cut as a disk may be."""

from __future__ import annotations

import struct
from pathlib import Path
from random import Random

import pytest

from tests.image.disk_log import SECTOR, Cut, Entry, durable, read

FLUSH, FUA, DISCARD = 1, 2, 4
OLD = b"-"


def logged(file: Path, *entries: tuple[int, bytes, int], count: int | None = None) -> Path:
    """A log of (sector, signs of which each fills a sector, flags); the format of dm-log-writes."""
    found = struct.pack("<QQQI", 0x6A736677736872, 1, len(entries) if count is None else count, SECTOR)
    found = found.ljust(SECTOR, b"\0")
    for sector, signs, flags in entries:
        found += struct.pack("<QQQQ", sector, len(signs), flags, 0).ljust(SECTOR, b"\0")
        found += b"" if flags & DISCARD else b"".join(bytes([sign]) * SECTOR for sign in signs)
    file.write_bytes(found)
    return file


def cut(log: Path, disk: Path, moment: int, seed: int) -> bytes:
    """What is on a disk of twelve sectors, one sign each."""
    disk.write_bytes(OLD * SECTOR * 12)
    Cut.at(read(log), first=0, moment=moment, chance=Random(seed)).put(log, disk)
    content = disk.read_bytes()
    signs = [content[at : at + SECTOR] for at in range(0, len(content), SECTOR)]
    assert all(len(set(sign)) == 1 for sign in signs), "a sector is never torn"
    return b"".join(sign[:1] for sign in signs)


def test_a_log_is_read_as_far_as_it_is_known_to_be_whole(tmp_path: Path) -> None:
    log = logged(tmp_path / "log", (3, b"ab", 0), (0, b"", FLUSH), (9, b"cc", DISCARD), (4, b"d", FUA), count=4)
    first, flush, discard, last = read(log)
    assert (first.offset, first.length) == (3 * SECTOR, 2 * SECTOR)
    assert (flush.is_flush, flush.length, discard.length) == (True, 0, 0)
    assert last == Entry(4 * SECTOR, SECTOR, last.at, is_durable=True)
    assert log.read_bytes()[last.at :] == b"d" * SECTOR
    assert len(read(logged(tmp_path / "cut", (3, b"ab", 0), (0, b"", FLUSH), count=1))) == 1
    assert [durable(read(log), before=number) for number in range(5)] == [0, 0, 2, 2, 2]


@pytest.mark.parametrize("content", [b"", b"no log" * 200, struct.pack("<QQQI", 0x6A736677736872, 2, 0, SECTOR)])
def test_what_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "log"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="no log"):
        read(file)


def test_a_log_with_a_hole_is_refused(tmp_path: Path) -> None:
    """QEMU counts a write whose head it could not write: what is read after it would be no writes at all."""
    log = logged(tmp_path / "log", (3, b"ab", 0), (0, b"", 0), (4, b"d", 0))
    with pytest.raises(ValueError, match="entry 1 of 3 was never written"):
        read(log)


def test_what_a_flush_has_answered_is_there_and_of_what_came_after_it_anything(tmp_path: Path) -> None:
    log = logged(
        tmp_path / "log", (0, b"aaa", 0), (1, b"b", 0), (0, b"", FLUSH), (4, b"cdefgh", 0), (2, b"i", 0), (11, b"x", 0)
    )
    found = {cut(log, tmp_path / "disk", 5, seed) for seed in range(200)}
    assert all(disk[:2] == b"ab" and disk[2:3] in b"ai" and disk[11:] == OLD for disk in found)
    parts = {disk[4:10] for disk in found}
    assert {b"cdefgh", b"------", b"c-----", b"-----h"} <= parts, "whole, lost, its beginning, its end"
    assert any(part[0:1] != OLD and OLD in part[1:5] and part[5:6] != OLD for part in parts), "with a hole"
    assert {disk[2:3] for disk in found} == {b"a", b"i"}
    assert cut(log, tmp_path / "disk", 3, 1) == b"aba---------", "all that is durable, and no more"
    assert cut(log, tmp_path / "disk", 5, 7) == cut(log, tmp_path / "disk", 5, 7), "the same again"


def test_a_write_that_was_durable_by_itself_is_there(tmp_path: Path) -> None:
    log = logged(tmp_path / "log", (0, b"abc", FUA), (0, b"", FLUSH), (5, b"def", FUA))
    assert {cut(log, tmp_path / "disk", 3, seed) for seed in range(40)} == {b"abc--def----"}
    entries = read(log)
    late = Cut.at(entries, first=2, moment=3, chance=Random(1))
    assert [(piece.offset, piece.length) for piece in late.pieces] == [(5 * SECTOR, 3 * SECTOR)]
