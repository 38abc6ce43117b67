"""The store on the disk: what it keeps through power cuts, and what it gives away (nothing)."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import random

import pytest

from edge.errors import DiskFull, StoreClosed, StoreUnreadable
from edge.marks_values import Place
from edge.outbox import Entry, Outbox
from edge.vault.chunks import Chunks
from edge.vault.journal import Journal
from edge.vault.recalled import Note
from edge.vault.seal import Sealer
from edge.vault.store import Vault
from sealing.epochs import EpochKey
from tests.support.fake_disk import FakeDisk, PowerCut
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.server_twin import ServerTwin, TwinPaper
from wire.errors import BadChunk
from wire.messages import Wish
from wire.secret import Secret

KEY = Secret(bytes(range(32)))
NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def disk() -> FakeDisk:
    return FakeDisk(random.Random(3))


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KEY)


@pytest.fixture(scope="module")
def made() -> TwinPaper:
    twin = ServerTwin(out=lambda *_: None)
    return twin.encrypt(twin.prepare_meeting(), "report", os.urandom(400_000))


def entry(number: int) -> Entry:
    person, data = named("u", "lan"), {"page": number}
    return Entry(named("a", str(number)), "present", MEETING, person, NOW, data)


def filled(disk: FakeDisk, made: TwinPaper, *, chunks: int | None = None) -> Vault:
    """An open vault with a meeting, its log and a paper."""
    vault = Vault(disk)
    vault.open(KEY)
    kept = vault.meeting(MEETING)
    kept.keyring.make_box()
    kept.add_epoch(EpochKey(1, Secret(b"e" * 32)))
    log = MeetingLog().prepared()
    kept.record(log.events, log.state)
    kept.add_paper(made.manifest, made.key)
    for number in range(made.manifest.layout.chunks if chunks is None else chunks):
        kept.chunks[made.manifest.key].keep(number, made.chunk(number))
    kept.chunks[made.manifest.key].flush()
    return vault


# ------------------------------------------------------------ sealing


def test_what_is_sealed_opens_at_its_place_and_with_its_key_only(sealer: Sealer) -> None:
    sealed = sealer.seal(b"secret", place="wish")
    assert b"secret" not in sealed
    assert sealer.open(sealed, place="wish") == b"secret"
    for other, place, data in (
        (Sealer(Secret(bytes(32))), "wish", sealed),
        (sealer, "outbox", sealed),
        (sealer, "wish", sealed[:-1]),
        (sealer, "wish", b"\x02" + sealed[1:]),
        (sealer, "wish", b""),
    ):
        with pytest.raises(StoreUnreadable):
            other.open(data, place=place)


def test_secrets_hide_in_repr(disk: FakeDisk, made: TwinPaper, sealer: Sealer) -> None:
    vault = filled(disk, made)
    kept = vault.meeting(MEETING)
    shown = repr((sealer, kept.keyring.epochs, kept.keyring.papers, kept.keyring.box, vault))
    for secret in (KEY, made.key, Secret(b"e" * 32)):
        assert repr(secret.reveal())[2:-1] not in shown


# ------------------------------------------------------------ the journal and the outbox


def test_a_torn_end_is_cut_and_what_was_synced_stays(disk: FakeDisk, sealer: Sealer) -> None:
    journal = Journal(disk, "log", sealer=sealer)
    journal.load()
    journal.append([b"one", b"two"], durable=True)
    journal.append([b"three"], durable=False)
    disk.truncate("log", disk.size("log") - 5)
    again = Journal(disk, "log", sealer=sealer)
    assert again.load() == [b"one", b"two"]
    again.append([b"four"], durable=True)
    assert Journal(disk, "log", sealer=sealer).load() == [b"one", b"two", b"four"]


def test_a_torn_record_that_could_not_be_cut_off_hides_none_that_follow(disk: FakeDisk, sealer: Sealer) -> None:
    journal = Journal(disk, "log", sealer=sealer)
    journal.load()
    journal.append([b"one"], durable=True)
    disk.capacity = disk.used() + 20
    truncate = disk.truncate

    def fails(name: str, size: int) -> None:
        raise StoreUnreadable("input/output error")

    disk.truncate = fails  # type: ignore[method-assign]  # a disk that fails for a moment
    for _ in range(2):
        with pytest.raises((DiskFull, StoreUnreadable)):
            journal.append([b"torn"], durable=True)
    disk.truncate = truncate  # type: ignore[method-assign]
    disk.capacity = 1 << 30
    journal.append([b"two"], durable=True)
    assert Journal(disk, "log", sealer=sealer).load() == [b"one", b"two"]


def test_records_that_were_refused_and_could_not_be_cut_off_do_not_come_back(disk: FakeDisk, sealer: Sealer) -> None:
    journal = Journal(disk, "log", sealer=sealer)
    journal.load()
    truncate, sync = disk.truncate, disk.sync

    def fails(name: str, size: int = 0) -> None:
        raise StoreUnreadable("input/output error")

    disk.truncate = fails  # type: ignore[method-assign]  # a disk that fails for a moment
    disk.sync = fails  # type: ignore[method-assign]
    with pytest.raises(StoreUnreadable):
        journal.append([b"aaa", b"bbb"], durable=True)
    disk.truncate = truncate  # type: ignore[method-assign]
    disk.sync = sync  # type: ignore[method-assign]
    journal.append([b"ccc"], durable=True)
    assert Journal(disk, "log", sealer=sealer).load() == [b"ccc"]


def test_zeros_at_the_end_are_no_record(disk: FakeDisk, sealer: Sealer) -> None:
    journal = Journal(disk, "log", sealer=sealer)
    journal.load()
    journal.append([b"one"], durable=True)
    disk.append("log", bytes(100))
    assert Journal(disk, "log", sealer=sealer).load() == [b"one"]


def test_a_record_that_was_moved_or_changed_is_not_believed(disk: FakeDisk, sealer: Sealer) -> None:
    journal = Journal(disk, "log", sealer=sealer)
    journal.load()
    journal.append([b"one", b"two"], durable=True)
    whole = disk.read("log") or b""
    half = len(whole) // 2
    disk.put("log", whole[half:] + whole[:half])
    with pytest.raises(StoreUnreadable):
        Journal(disk, "log", sealer=sealer).load()


def test_W28_an_entry_that_was_put_survives_every_power_cut(sealer: Sealer) -> None:
    for cut in range(1, 40):
        disk = FakeDisk(random.Random(cut))
        outbox = Outbox.open(disk, sealer)
        promised: list[str] = []
        disk.cut_after(cut)
        with contextlib.suppress(PowerCut):
            for number in range(12):
                outbox.put(entry(number))
                promised.append(entry(number).act)
                if number % 3 == 2:
                    outbox.settle(promised.pop(0))
        disk.restart()
        waiting = [each.act for each in Outbox.open(disk, sealer).waiting()]
        assert [act for act in waiting if act in promised] == promised


def test_the_outbox_keeps_order_and_an_id_once(disk: FakeDisk, sealer: Sealer) -> None:
    outbox = Outbox.open(disk, sealer)
    assert outbox.put(entry(2))
    assert outbox.put(entry(1))
    assert not outbox.put(entry(2))
    outbox.settle(entry(2).act)
    outbox.settle(entry(2).act)
    again = Outbox.open(disk, sealer)
    assert again.waiting() == (entry(1),)
    assert again.get(entry(1).act) == entry(1)
    assert again.get(entry(2).act) is None


def test_the_outbox_does_not_grow_for_ever(disk: FakeDisk, sealer: Sealer) -> None:
    outbox = Outbox.open(disk, sealer)
    for number in range(1000):
        outbox.put(entry(number))
        outbox.settle(entry(number).act)
    assert disk.size("outbox") < 60_000
    assert Outbox.open(disk, sealer).waiting() == ()


def test_a_full_disk_leaves_the_outbox_as_it_was(disk: FakeDisk, sealer: Sealer) -> None:
    outbox = Outbox.open(disk, sealer)
    outbox.put(entry(1))
    disk.capacity = disk.used() + 10
    with pytest.raises(DiskFull):
        outbox.put(entry(2))
    disk.capacity = 1 << 40
    outbox.put(entry(3))
    assert [each.act for each in Outbox.open(disk, sealer).waiting()] == [entry(1).act, entry(3).act]


# ------------------------------------------------------------ chunks


def test_W33_a_chunk_is_kept_only_when_the_manifest_names_it(disk: FakeDisk, made: TwinPaper) -> None:
    chunks = Chunks.load(disk, made.manifest)
    with pytest.raises(BadChunk):
        chunks.keep(0, made.chunk(1))
    assert disk.used() == 0
    assert chunks.keep(0, made.chunk(0))
    assert not chunks.keep(0, made.chunk(0))


def test_W34_a_bit_is_set_only_after_the_bytes_are_durable(made: TwinPaper) -> None:
    for cut in range(1, 30):
        disk = FakeDisk(random.Random(cut))
        disk.cut_after(cut)
        reported = 0
        with contextlib.suppress(PowerCut):
            chunks = Chunks.load(disk, made.manifest)
            for number in range(made.manifest.layout.chunks):
                chunks.keep(number, made.chunk(number))
                if number % 2:
                    chunks.flush()
                    reported = len(chunks.have)
        disk.restart()
        again = Chunks.load(disk, made.manifest)
        assert len(again.have) >= reported
        assert again.recheck() == 0


def test_what_was_written_but_not_marked_is_found_by_its_hash(disk: FakeDisk, made: TwinPaper) -> None:
    chunks = Chunks.load(disk, made.manifest)
    for number in (0, 2, 3, 6):
        chunks.keep(number, made.chunk(number))
    assert len(chunks.have) == 0
    again = Chunks.load(disk, made.manifest)
    assert [number for number in range(7) if number in again.have] == [0, 2, 3, 6]


def test_a_bitmap_that_was_cut_costs_nothing(disk: FakeDisk, made: TwinPaper) -> None:
    chunks = Chunks.load(disk, made.manifest)
    for number in range(7):
        chunks.keep(number, made.chunk(number))
    chunks.flush()
    disk.put(f"papers/{made.manifest.key}.bits", b"")
    assert Chunks.load(disk, made.manifest).have.full


# ------------------------------------------------------------ the store


def test_a_closed_store_gives_nothing(disk: FakeDisk) -> None:
    vault = Vault(disk)
    for ask in (lambda: vault.outbox, lambda: vault.notes, lambda: vault.meeting(MEETING), vault.sealer):
        with pytest.raises(StoreClosed):
            ask()
    assert vault.load_wish() is None
    assert vault.meetings() == ()


def test_the_store_comes_back_as_it_was(disk: FakeDisk, made: TwinPaper) -> None:
    vault = filled(disk, made)
    wish = Wish(7, None, "", None, "")
    vault.save_wish(wish)
    again = Vault(disk)
    assert again.open(KEY) == ()
    kept = again.meeting(MEETING)
    assert kept.held() == vault.meeting(MEETING).held()
    assert kept.keyring.box is not None
    assert kept.state == MeetingLog().prepared().state
    assert again.load_wish() == wish
    document = again.document(MEETING, made.manifest.key)
    assert document is not None
    assert document.key == made.key


def test_a_paper_that_is_not_whole_is_no_document(disk: FakeDisk, made: TwinPaper) -> None:
    assert filled(disk, made, chunks=6).document(MEETING, made.manifest.key) is None


def test_another_key_opens_nothing_and_leaves_nothing(disk: FakeDisk, made: TwinPaper) -> None:
    filled(disk, made)
    vault = Vault(disk)
    assert vault.open(Secret(b"\x07" * 32)) == ("check",)
    assert vault.meetings() == ()
    assert disk.all_names() == ["check"]


def kept_of_a_person(disk: FakeDisk, made: TwinPaper) -> None:
    """All that a vault keeps: a ballot, marks, readings, an act, a note of a recall, a meeting with its paper."""
    vault = filled(disk, made)
    vault.outbox.put(entry(1))
    place = Place(MEETING, named("u", "lan"))
    vault.marks.give_key(place, Secret(b"m" * 32))
    vault.readings.note(place, made.manifest.key, 1, now=NOW)
    vault.notes.put(Note(named("m", "gone"), named("a", "9"), "Họp", ()))
    # As an agent wrote it that knows more: what is in it is its own affair.
    ballot = Sealer(KEY).seal(b"{}", place=f"ballots/{named('v', '1')}")
    disk.put(f"ballots/{named('v', '1')}", ballot)


KEPT = ("check", "outbox", "readings", "recalled/", "ballots/", "marks/", "/box", "epoch.", "paper.", "log")


@pytest.mark.parametrize("what", KEPT)
def test_what_the_disk_does_not_give_for_a_moment_is_left_as_it_is_and_the_store_stays_shut(
    disk: FakeDisk, made: TwinPaper, what: str
) -> None:
    """A bad contact, a bus that is reset: an error of the device says nothing of what was written."""
    kept_of_a_person(disk, made)
    (name,) = [each for each in disk.all_names() if what in each and not each.startswith("papers/")]
    before, read = disk.content(), disk.read

    def fails(asked: str) -> bytes | None:
        if asked == name:
            raise StoreUnreadable(f"{name}: Input/output error")
        return read(asked)

    disk.read = fails  # type: ignore[method-assign, assignment]  # a card that fails for a moment
    vault = Vault(disk)
    with pytest.raises(StoreUnreadable):
        vault.open(KEY)
    assert disk.content() == before
    assert not vault.is_open
    with pytest.raises(StoreClosed):
        _ = vault.outbox
    disk.read = read  # type: ignore[method-assign]
    assert vault.open(KEY) == ()
    assert (len(vault.outbox.waiting()), len(vault.notes.all()), len(vault.meetings())) == (1, 1, 1)


@pytest.mark.parametrize("folder", ["recalled", "ballots", "marks", "meetings", f"meetings/{MEETING}"])
def test_a_folder_that_the_disk_does_not_list_for_a_moment_is_not_emptied(
    disk: FakeDisk, made: TwinPaper, folder: str
) -> None:
    kept_of_a_person(disk, made)
    before, names = disk.content(), disk.names

    def fails(asked: str) -> list[str]:
        if asked == folder:
            raise StoreUnreadable(f"{folder}: Input/output error")
        return names(asked)

    disk.names = fails  # type: ignore[method-assign, assignment]
    with pytest.raises(StoreUnreadable):
        Vault(disk).open(KEY)
    assert disk.content() == before


@pytest.mark.parametrize("damaged", ["box", "epoch.1", "log"])
def test_a_damaged_file_costs_its_meeting_only(disk: FakeDisk, made: TwinPaper, damaged: str) -> None:
    vault = filled(disk, made)
    vault.meeting(named("m", "other")).keyring.make_box()
    vault.outbox.put(entry(1))
    name = f"meetings/{MEETING}/{damaged}"
    data = bytearray(disk.read(name) or b"")
    data[len(data) // 2] ^= 1
    if damaged == "log":
        # Only the log's own records are lost; a broken CRC is a torn end.
        disk.put(name, bytes(data))
        again = Vault(disk)
        again.open(KEY)
        assert again.meeting(MEETING).state.seq < MeetingLog().prepared().state.seq
        return
    disk.put(name, bytes(data))
    again = Vault(disk)
    assert again.open(KEY) == (f"meetings/{MEETING}",)
    assert [kept.keyring.meeting for kept in again.meetings()] == [named("m", "other")]
    assert again.outbox.waiting() == (entry(1),)
    assert not [each for each in disk.all_names() if "papers/" in each]


def test_a_disk_full_of_keys_shows_none(disk: FakeDisk, made: TwinPaper) -> None:
    vault = filled(disk, made)
    box = vault.meeting(MEETING).keyring.box
    assert box is not None
    content = disk.content()
    for secret in (KEY, made.key, Secret(b"e" * 32), box.to_secret()):
        assert secret.reveal() not in content
    assert "Họp giao ban".encode() not in content


# ------------------------------------------------------------ destruction


def test_P7_destroying_leaves_a_note_and_nothing_else(disk: FakeDisk, made: TwinPaper) -> None:
    vault = filled(disk, made)
    note = vault.destroy(MEETING, act=named("a", "r"), title="Họp", now=lambda: NOW)
    assert (note.pages, len(note.papers), note.destroyed_at) == (3, 1, NOW)
    assert disk.all_names() == ["check", "outbox", f"recalled/{MEETING}"] or disk.all_names() == [
        "check",
        f"recalled/{MEETING}",
    ]
    assert vault.held().meetings == {}
    assert vault.held().receipts == {MEETING: False}


def test_P7_a_power_cut_at_any_moment_of_the_destruction_is_finished_and_counted(made: TwinPaper) -> None:
    finished = False
    cut = 0
    while not finished:
        cut += 1
        disk = FakeDisk(random.Random(cut))
        vault = filled(disk, made)
        disk.cut_after(cut)
        with contextlib.suppress(PowerCut):
            vault.destroy(MEETING, act=named("a", "r"), title="Họp", now=lambda: NOW)
            finished = True
        disk.restart()
        again = Vault(disk)
        again.open(KEY)
        for note in again.unfinished():
            again.destroy(note.meeting, act=note.act, title=note.title, now=lambda: NOW)
        left = again.notes.get(MEETING)
        if left is None:
            # The power went before the note: nothing was destroyed yet.
            assert again.meeting(MEETING).held().papers
            continue
        assert left.pages == 3
        assert left.act == named("a", "r")
        assert again.meetings() == ()
        assert not [name for name in disk.all_names() if name.startswith(("meetings/", "papers/"))]
    assert cut > 8


def test_notes_do_not_pile_up(disk: FakeDisk) -> None:
    vault = Vault(disk)
    vault.open(KEY)
    for number in range(60):
        meeting = named("m", str(number))
        at = NOW + dt.timedelta(minutes=number)
        note = vault.destroy(meeting, act=named("a", str(number)), title="Họp", now=lambda at=at: at)  # type: ignore[misc]
        vault.notes.put(dataclasses.replace(note, confirmed=True))
    assert len(vault.notes.all()) == 50
    assert vault.notes.get(named("m", "59")) is not None
    assert vault.notes.get(named("m", "0")) is None


def test_a_revoked_device_keeps_nothing(disk: FakeDisk, made: TwinPaper) -> None:
    vault = filled(disk, made)
    vault.outbox.put(entry(1))
    vault.destroy(named("m", "other"), act=named("a", "o"), title="", now=lambda: NOW)
    vault.wipe()
    assert disk.all_names() == []
    assert not vault.is_open
