"""P7 on a full disk: keys are destroyed whether or not there is room to write it down."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest

from edge.errors import DiskFull
from edge.outbox import NAME as OUTBOX
from edge.outbox import RECEIPT_RESERVE_BYTES
from edge.vault.disk import RealDisk
from edge.vault.store import Vault
from tests.support.fake_disk import FakeDisk
from tests.support.meeting_log import MEETING, named
from tests.support.seats import SeatRoom
from tests.support.server_twin import TwinPaper
from tests.unit.edge.test_vault import KEY, NOW, filled, made

__all__ = ["made"]


def keys(disk: FakeDisk) -> list[str]:
    return [name for name in disk.all_names() if name.startswith("meetings/") and not name.endswith("/log")]


def destroy(vault: Vault) -> int:
    return vault.destroy(MEETING, act=named("a", "r"), title="Họp", now=lambda: NOW).pages


def test_P7_on_a_full_disk_the_keys_go_and_the_receipt_still_counts(made: TwinPaper) -> None:
    disk = FakeDisk(random.Random(3))
    vault = filled(disk, made)
    disk.capacity = disk.used()
    assert destroy(vault) == 3
    assert keys(disk) == []
    again = Vault(disk)
    again.open(KEY)
    note = again.notes.get(MEETING)
    assert note is not None
    assert (note.pages, note.act) == (3, named("a", "r"))


def test_P7_where_nothing_can_be_written_at_all_the_keys_go_first(made: TwinPaper) -> None:
    disk = FakeDisk(random.Random(3))
    vault = filled(disk, made)
    disk.capacity = 0
    with pytest.raises(DiskFull):
        destroy(vault)
    assert keys(disk) == []
    disk.capacity = 1 << 30
    assert destroy(vault) == 3


def test_P7_a_key_whose_overwriting_finds_no_room_is_unlinked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File systems that copy on write need room even for this."""
    disk = RealDisk(tmp_path)
    disk.put("meetings/m/box", b"k" * 32)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        disk.shred("meetings/m/box")
    assert disk.names("meetings/m") == []


def test_P7_a_recall_on_a_full_disk_shows_nothing_more_and_is_receipted_when_there_is_room(tmp_path: Path) -> None:
    room = SeatRoom(tmp_path)
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    room.twin.add(meeting, "meeting_opened")
    room.twin.publish(meeting, "report", b"%PDF a small one")
    room.run(3)
    seat.sign_in("lan")
    room.run(1)
    seat.disk.capacity = 0
    room.twin.close(meeting)
    room.run(3)
    assert keys(seat.disk) == []
    assert seat.where == "waiting"
    seat.disk.capacity = 1 << 30
    room.run(12)
    assert seat.sections["recalled"]["confirmed"]
    assert seat.sections["recalled"]["pages"] == 3


def test_P7_acts_leave_room_for_the_receipt_and_the_receipt_goes_before_them(tmp_path: Path) -> None:
    room = SeatRoom(tmp_path)
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    room.twin.add(meeting, "meeting_opened")
    room.run(1)
    seat.sign_in("chair")
    room.run(3)
    seat.disconnect()
    seat.disk.capacity = seat.disk.used() + RECEIPT_RESERVE_BYTES + 20_000
    codes = [seat.answer(seat.act("present_stop")) for _ in range(200)]
    assert codes[0] == ""
    assert codes[-1] == "seat-disk-full"
    room.twin.close(meeting)
    seat.connect()
    room.run(3)
    assert meeting.receipts, "before the acts that wait"
    assert seat.sections["recalled"]["confirmed"]


def test_P7_a_receipt_that_finds_no_room_is_owed_all_the_same(tmp_path: Path) -> None:
    """The note of the recall is on the disk, and the receipt is made from it whenever the agent starts."""
    room = SeatRoom(tmp_path)
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    room.twin.add(meeting, "meeting_opened")
    room.run(3)
    full = seat.disk.append

    def no_room_in_the_outbox(name: str, data: bytes) -> None:
        if name == OUTBOX:
            raise DiskFull(name)
        full(name, data)

    seat.disk.append = no_room_in_the_outbox  # type: ignore[method-assign]  # a disk whose last room went elsewhere
    seat.disconnect()
    room.twin.close(meeting)
    seat.connect()
    room.run(5)
    assert meeting.receipts
    assert seat.sections["recalled"]["confirmed"]
    meeting.receipts.clear()
    seat.kill()
    seat.start()
    seat.connect()
    room.run(5)
    assert seat.where in {"waiting", "recalled"}, "the store opens on a full disk"


def test_a_disk_that_was_full_for_a_moment_is_not_called_full_for_ever(tmp_path: Path) -> None:
    room = SeatRoom(tmp_path)
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    room.twin.add(meeting, "meeting_opened")
    room.run(1)
    seat.sign_in("chair")
    room.run(6)
    seat.disk.capacity = 0
    refused = seat.act("present_stop")
    seat.disk.capacity = 1 << 30
    assert seat.answer(refused) == "seat-disk-full"
    assert seat.sections["seat"]["message"] == "seat-disk-full"
    room.run(6)
    assert seat.sections["seat"]["message"] == ""
