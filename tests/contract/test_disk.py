"""What every disk promises the vault: one suite for the real one and its twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.vault.disk import Disk, RealDisk
from tests.support.fake_disk import FakeDisk


@pytest.fixture(params=["real", "fake"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    return RealDisk(tmp_path / "disk") if request.param == "real" else FakeDisk()


def test_a_file_that_is_not_there_reads_as_nothing(disk: Disk) -> None:
    assert disk.read("a/b") is None
    assert disk.read_at("a/b", 0, 10) == b""
    assert disk.size("a/b") == 0
    assert disk.names("a") == []
    disk.remove("a/b")
    disk.shred("a/b")
    disk.truncate("a/b", 3)
    assert disk.read("a/b") is None


def test_put_replaces_the_whole_file(disk: Disk) -> None:
    disk.put("a/b", b"a long first content")
    disk.put("a/b", b"short")
    assert disk.read("a/b") == b"short"
    assert disk.names("a") == ["b"]


def test_append_and_write_at_meet_in_one_file(disk: Disk) -> None:
    disk.append("log", b"ab")
    disk.append("log", b"cd")
    disk.write_at("log", 1, b"X")
    disk.sync("log")
    assert disk.read("log") == b"aXcd"
    assert disk.read_at("log", 2, 100) == b"cd"


def test_a_hole_reads_as_zeros(disk: Disk) -> None:
    disk.write_at("papers/x.ct", 10, b"end")
    disk.sync("papers/x.ct")
    assert disk.read("papers/x.ct") == bytes(10) + b"end"
    assert disk.size("papers/x.ct") == 13


def test_truncate_cuts(disk: Disk) -> None:
    disk.put("log", b"whole and torn")
    disk.truncate("log", 5)
    disk.append("log", b"!")
    assert disk.read("log") == b"whole!"


@pytest.mark.parametrize("how", ["shred", "remove"])
def test_what_is_removed_is_gone(disk: Disk, how: str) -> None:
    disk.put("meetings/m/box", b"secret")
    disk.put("meetings/m/log", b"events")
    getattr(disk, how)("meetings/m/box")
    assert disk.read("meetings/m/box") is None
    assert disk.names("meetings/m") == ["log"]
    disk.remove("meetings/m/log")
    disk.remove("meetings/m")
    assert disk.names("meetings") == []


def test_there_is_room(disk: Disk) -> None:
    assert disk.free_bytes() > 1 << 20


def test_the_real_disk_overwrites_what_it_shreds_and_keeps_others_out(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path / "disk")
    disk.put("box", b"secret" * 100)
    kept = (tmp_path / "still.there").absolute()
    kept.hardlink_to(tmp_path / "disk" / "box")
    assert kept.stat().st_mode & 0o077 == 0
    assert (tmp_path / "disk").stat().st_mode & 0o077 == 0
    disk.shred("box")
    left = kept.read_bytes()
    assert len(left) == 600
    assert b"secret" not in left


def test_a_half_written_file_is_none(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path / "disk")
    disk.put("recalled/m", b"note")
    (tmp_path / "disk" / "recalled" / ".m.new").write_bytes(b"torn")
    assert disk.names("recalled") == ["m"]
    disk.remove("recalled/m")
    disk.remove("recalled")
    assert disk.names("recalled") == []
