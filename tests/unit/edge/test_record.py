"""Rules W74, W75: a seat keeps what it saw of the record, and notices when what comes later does not follow from it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import DiskFull, RecordDiffers
from edge.record import FILE, RecordKeeper
from sealing.signatures import ServerSigner
from tests.support.fake_disk import FakeDisk
from tests.support.seats import SeatRoom, TestSeat
from tests.unit.wire.test_merkle import grown
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.errors import BadNote
from wire.merkle import Edge
from wire.merkle_proofs import consistency
from wire.messages import Head, Kept, RecordCheckpoint
from wire.note import NoteKey

SIGNER = ServerSigner.generate()
KEY = NoteKey("record.example/1", SIGNER.public)
LEAVES = [b"leaf %d" % number for number in range(60)]
HEAD: Head = None  # type: ignore[assignment]  # the keeper does not look at it


def shown(
    old: int, new: int, leaves: list[bytes] = LEAVES, *, signer: ServerSigner = SIGNER, key: NoteKey = KEY
) -> RecordCheckpoint:
    """What the server would say to a seat that keeps ``old``."""
    _, nodes = grown(leaves)
    note = Checkpoint(key.name, new, Edge.of(new, nodes).root()).note(key, signer.sign).encode().decode()
    return RecordCheckpoint(HEAD, note, key.print(), old, consistency(old, new, nodes))


def test_W74_what_was_seen_is_kept_over_a_power_cut_and_followed() -> None:
    disk = FakeDisk()
    keeper = RecordKeeper(disk)
    assert keeper.kept == Kept()
    for old, new in ((0, 5), (5, 6), (6, 40)):
        keeper.take(shown(old, new))
        disk.restart()
        keeper = RecordKeeper(disk)
        assert (keeper.kept.size, keeper.kept.forked, keeper.fault) == (new, False, "")


def test_W74_an_answer_to_what_was_kept_before_is_passed_over() -> None:
    keeper = RecordKeeper(FakeDisk())
    keeper.take(shown(0, 20))
    before = keeper.kept
    for late in (shown(0, 30), shown(5, 30), shown(0, 7), shown(0, 20)):
        keeper.take(late)
        assert keeper.kept == before


@pytest.mark.parametrize("changed", [0, 7, 19])
def test_W75_a_record_with_another_past_is_noticed_and_kept_as_evidence(changed: int) -> None:
    disk = FakeDisk()
    keeper = RecordKeeper(disk)
    keeper.take(shown(0, 20))
    mine = keeper.kept
    bent = [b"bent" if number == changed else leaf for number, leaf in enumerate(LEAVES)]
    other = shown(20, 33, bent)
    keeper.take(other)
    assert keeper.kept == dataclasses.replace(mine, forked=True)
    assert keeper.fault == RecordDiffers.code
    disk.restart()
    again = RecordKeeper(disk)
    assert (again.kept, again.fault) == (keeper.kept, RecordDiffers.code)
    assert canonical.decode(disk.read(FILE) or b"")["against"] == other.note
    again.take(shown(20, 33))
    assert again.kept.forked, "believed no more until somebody looked into it"


def test_W75_another_key_is_a_fork_though_the_record_is_the_same() -> None:
    stranger = ServerSigner.generate()
    keeper = RecordKeeper(FakeDisk())
    keeper.take(shown(0, 20))
    keeper.take(shown(20, 30, signer=stranger, key=NoteKey(KEY.name, stranger.public)))
    assert keeper.kept.forked


@given(st.integers(1, 59), st.integers(1, 59), st.integers(0, 59))
def test_W75_exactly_what_does_not_follow_is_a_fork(one: int, other: int, changed: int) -> None:
    old, new = sorted((one, other))
    keeper = RecordKeeper(FakeDisk())
    keeper.take(shown(0, old))
    bent = [b"bent" if number == changed else leaf for number, leaf in enumerate(LEAVES)]
    keeper.take(shown(old, new, bent))
    assert keeper.kept.forked == (changed < old)


def test_W74_what_is_not_signed_as_it_says_changes_nothing() -> None:
    keeper = RecordKeeper(FakeDisk())
    keeper.take(shown(0, 20))
    before = keeper.kept
    stranger = ServerSigner.generate()
    good = shown(20, 30)
    spoilt = dataclasses.replace(good, note="x"), dataclasses.replace(good, key="x")
    for wrong in (shown(20, 30, signer=stranger), *spoilt):
        with pytest.raises(BadNote):
            keeper.take(wrong)
        assert keeper.kept == before


class Full(FakeDisk):
    """Takes nothing more once it is ``full``."""

    full = False

    def put(self, name: str, data: bytes) -> None:
        if self.full:
            raise DiskFull(name)
        super().put(name, data)


def test_W74_a_full_disk_keeps_what_there_was_and_takes_it_later() -> None:
    disk = Full()
    keeper = RecordKeeper(disk)
    keeper.take(shown(0, 20))
    disk.full = True
    with pytest.raises(DiskFull):
        keeper.take(shown(20, 30))
    assert keeper.kept.size == 20
    disk.full = False
    keeper.take(shown(20, 30))
    assert keeper.kept.size == 30


@pytest.mark.parametrize("data", [b"", b"{", b'{"key":"","note":"","against":""}', b"[]"])
def test_W74_a_file_that_cannot_be_read_begins_anew(data: bytes) -> None:
    disk = FakeDisk()
    disk.put(FILE, data)
    keeper = RecordKeeper(disk)
    assert keeper.kept == Kept()
    keeper.take(shown(0, 20))
    assert keeper.kept.size == 20


# The whole seat


def said(room: SeatRoom, seat: TestSeat, message: RecordCheckpoint) -> None:
    device = room.twin.devices[seat.signer.key_id]
    room.twin.answer(device, "checkpoint", lambda head: dataclasses.replace(message, head=head))


def test_W75_a_fork_stands_on_the_screen_and_in_every_report_also_after_a_restart(
    room: SeatRoom, seat: TestSeat
) -> None:
    room.twin.prepare_meeting()
    said(room, seat, shown(0, 20))
    room.run(20)
    health = room.twin.devices[seat.signer.key_id].health
    assert health is not None
    assert health.record is not None
    assert (health.record.size, health.record.forked) == (20, False)
    assert seat.sections["seat"]["message"] == ""
    said(room, seat, shown(20, 30, [b"bent", *LEAVES[1:]]))
    room.run(20)
    health = room.twin.devices[seat.signer.key_id].health
    assert health is not None
    assert health.record == dataclasses.replace(health.record or Kept(), size=20, forked=True)
    assert seat.sections["seat"]["message"] == "seat-record-differs"
    assert seat.where == "welcome", "the meeting goes on"
    seat.lose_power()
    seat.start()
    room.run(5)
    assert seat.sections["seat"]["message"] == "seat-record-differs"
