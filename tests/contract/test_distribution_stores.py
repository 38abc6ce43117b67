"""Epochs, papers, links, keys, deliveries and receipts: one suite, both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from server.db.engine import Database
from server.distribution.model import DeviceLink, KeptReceipt, SeatKey, SentKey
from server.distribution.store import SqlLinkStore
from server.fleet.store import devices
from server.keys.store import SqlEpochStore
from server.meetings.model import Draft, Log
from server.meetings.store import SqlMeetingStore
from server.papers.ports import StoredVersion
from server.papers.store import SqlPaperStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from tests.support.office import START, fresh_id
from wire.ids import DeviceId, MeetingId, PaperId, RoomId
from wire.topics import PaperVersion

EPOCHS, PAPERS, LINKS = SqlEpochStore(), SqlPaperStore(), SqlLinkStore()
LATER = START + dt.timedelta(minutes=5)


@pytest.fixture
def room(database: Database) -> str:
    found = Room(fresh_id("r"), "Phòng 1", ())
    with database.begin() as tx:
        SqlRoomStore().add(tx, found, START)
    return found.id


@pytest.fixture
def meeting(database: Database, room: str) -> MeetingId:
    return new_meeting(database, room)


def new_meeting(database: Database, room: str, *phases: str, starts: str = "2026-11-23T01:30:00.000Z") -> MeetingId:
    meeting = MeetingId(fresh_id("m"))
    described = {"title": "Họp (demo)", "type": "Giao ban", "room": room, "room_name": "Phòng 1"}
    drafts = [Draft("meeting_created", {**described, "starts_at": starts, "planned_minutes": 90})]
    drafts += [Draft(phase, {}) for phase in phases]
    log = Log(meeting)
    events = log.events_of(drafts, actor="system", now=START)
    with database.begin() as tx:
        SqlMeetingStore().append(tx, events, state=log.grown(events).state)
    return meeting


def device() -> DeviceId:
    return DeviceId(fresh_id("d"))


def version(meeting: MeetingId, number: int = 1, *, paper: str | None = None) -> StoredVersion:
    return StoredVersion(
        version=PaperVersion(PaperId(paper or fresh_id("p")), number),
        meeting=meeting,
        plain_bytes=5 * 2**30,
        pages=120,
        manifest=b"\x00\xff" * 1000,
        manifest_sha256="ab" * 32,
        wrapped_key=bytes(40),
        created_at=START,
    )


def test_W26_epochs_are_kept_by_meeting(database: Database, meeting: MeetingId) -> None:
    with database.begin() as tx:
        assert EPOCHS.newest_epoch(tx, meeting) == 0
        EPOCHS.add_epoch(tx, meeting, epoch=1, wrapped=b"one", at=START)
        EPOCHS.add_epoch(tx, meeting, epoch=2, wrapped=b"two", at=START)
    with database.read() as tx:
        assert EPOCHS.newest_epoch(tx, meeting) == 2
        assert EPOCHS.epoch(tx, meeting, epoch=1) == b"one"
        assert EPOCHS.epoch(tx, meeting, epoch=3) is None


def test_an_epoch_is_kept_once(database: Database, meeting: MeetingId) -> None:
    with database.begin() as tx:
        EPOCHS.add_epoch(tx, meeting, epoch=1, wrapped=b"one", at=START)
    with pytest.raises(IntegrityError), database.begin() as tx:
        EPOCHS.add_epoch(tx, meeting, epoch=1, wrapped=b"other", at=START)


def test_a_version_comes_back_as_it_was(database: Database, meeting: MeetingId) -> None:
    first = version(meeting)
    second = version(meeting, 2, paper=first.version.paper)
    with database.begin() as tx:
        PAPERS.add(tx, first)
        PAPERS.add(tx, second)
    with database.read() as tx:
        assert PAPERS.find(tx, first.version) == first
        assert PAPERS.find(tx, second.version) == second
        assert PAPERS.find(tx, PaperVersion(first.version.paper, 3)) is None
        assert PAPERS.versions(tx) == {first.version, second.version}


def test_a_version_is_kept_once(database: Database, meeting: MeetingId) -> None:
    first = version(meeting)
    with database.begin() as tx:
        PAPERS.add(tx, first)
    with pytest.raises(IntegrityError), database.begin() as tx:
        PAPERS.add(tx, first)


def test_a_link_is_saved_again_and_again(database: Database) -> None:
    link = DeviceLink(device(), b"\x01" * 40)
    with database.begin() as tx:
        LINKS.save_link(tx, link)
    newer = replace(
        link, session=bytes(16), past_sessions=bytes(32), box=bytes(32), last_number=2**40, heard_at=LATER, agent="x"
    )
    with database.begin() as tx:
        LINKS.save_link(tx, newer)
        LINKS.reserve_numbers(tx, count=1000)
    with database.read() as tx:
        assert LINKS.link(tx, link.device) == replace(newer, reserved_number=1000)
        assert LINKS.links(tx) == [replace(newer, reserved_number=1000)]
        assert LINKS.link(tx, device()) is None


def test_W24_links_are_saved_together_new_and_changed(database: Database) -> None:
    known = DeviceLink(device(), b"\x01" * 40)
    with database.begin() as tx:
        LINKS.save_links(tx, [])
        LINKS.save_links(tx, [known])
    links = [replace(known, session=bytes(16), last_number=7, heard_at=LATER), DeviceLink(device(), b"\x02" * 40)]
    with database.begin() as tx:
        LINKS.save_links(tx, links)
    with database.read() as tx:
        assert sorted(LINKS.links(tx), key=lambda link: link.device) == sorted(links, key=lambda link: link.device)


def test_T59_a_revoked_device_whose_store_key_is_left_is_found(database: Database) -> None:
    links = [DeviceLink(device(), key) for key in (b"\x01" * 40, b"\x02" * 40, b"")]
    asked = {"spki": b"", "serial": "", "address": "", "requested_at": START, "asked_at": START, "reason": ""}
    states = ("approved", "revoked", "revoked")
    rows = [{"id": each.device, "code": "", "state": state} for each, state in zip(links, states, strict=True)]
    with database.begin() as tx:
        tx.execute(devices.insert(), [row | asked for row in rows])
        LINKS.save_links(tx, links)
        left = set(LINKS.revoked_with_key(tx)) & {each.device for each in links}
        LINKS.destroy_store_key(tx, links[1].device)
        still = set(LINKS.revoked_with_key(tx)) & {each.device for each in links}
    assert (left, still) == ({links[1].device}, set())


def test_W27_the_keys_of_many_devices_are_read_at_once(database: Database, meeting: MeetingId) -> None:
    devices = sorted([device(), device(), device()])
    keys = [SeatKey(each, meeting, bytes(32), 1, fresh_id("s"), "A1", START) for each in devices[:2]]
    with database.begin() as tx:
        for key in keys:
            LINKS.save_key(tx, key)
        LINKS.add_receipt(tx, fresh_id("a"), device=devices[1], meeting=meeting, envelope=b"signed", at=LATER)
    many = [*devices, *(device() for _ in range(600))]
    with database.read() as tx:
        assert LINKS.keys_of_all(tx, many) == {devices[0]: [keys[0]]}


def test_P7_a_key_is_owed_until_its_receipt(database: Database, meeting: MeetingId) -> None:
    one, two = sorted([device(), device()])
    keys = [SeatKey(each, meeting, bytes(32), 1, fresh_id("s"), "A1", START) for each in (one, two)]
    with database.begin() as tx:
        for key in keys:
            LINKS.save_key(tx, key)
        LINKS.save_key(tx, replace(keys[0], epoch_sent=2))
    with database.read() as tx:
        assert LINKS.keys_for(tx, meeting) == [replace(keys[0], epoch_sent=2), keys[1]]
        assert LINKS.keys_of(tx, two) == [keys[1]]
    act = fresh_id("a")
    with database.begin() as tx:
        LINKS.add_receipt(tx, act, device=one, meeting=meeting, envelope=b"signed", at=LATER)
    with database.read() as tx:
        assert LINKS.receipt(tx, act) == KeptReceipt(one, meeting, b"signed")
        assert LINKS.receipt(tx, fresh_id("a")) is None
        assert LINKS.keys_of(tx, one) == []
        assert LINKS.keys_for(tx, meeting) == [keys[1]]


def test_a_device_may_join_again_after_its_receipt(database: Database, meeting: MeetingId) -> None:
    key = SeatKey(device(), meeting, bytes(32), 1, fresh_id("s"), "A1", START)
    with database.begin() as tx:
        LINKS.save_key(tx, key)
        LINKS.add_receipt(tx, fresh_id("a"), device=key.device, meeting=meeting, envelope=b"signed", at=LATER)
        LINKS.save_key(tx, replace(key, epoch_sent=2, created_at=LATER))
        assert LINKS.keys_of(tx, key.device) == [replace(key, epoch_sent=2, created_at=LATER)]


def test_the_first_report_of_a_whole_paper_is_kept(database: Database, meeting: MeetingId) -> None:
    stored, one = version(meeting), device()
    with database.begin() as tx:
        PAPERS.add(tx, stored)
        for report in (b"first", b"again"):
            LINKS.add_delivery(tx, one, stored.version, report=report, at=START)
    with database.read() as tx:
        assert LINKS.deliveries(tx, stored.version) == [one]
        assert LINKS.deliveries(tx, PaperVersion(stored.version.paper, 2)) == []


def test_a_receipt_of_a_meeting_that_never_was_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as tx:
        LINKS.add_receipt(tx, fresh_id("a"), device=device(), meeting=MeetingId(fresh_id("m")), envelope=b"x", at=START)


def test_which_meetings_a_room_holds(database: Database, room: str) -> None:
    approved = ("meeting_submitted", "meeting_approved")
    late = new_meeting(database, room, *approved, starts="2026-11-23T05:00:00.000Z")
    early = new_meeting(database, room, *approved, "meeting_opened", "meeting_recessed")
    new_meeting(database, room)
    new_meeting(database, room, *approved, "meeting_opened", "meeting_closed")
    with database.read() as tx:
        assert LINKS.held_meetings(tx, room) == [early, late]
        assert LINKS.held_meetings(tx, fresh_id("r")) == []


def test_T8_who_was_sent_a_key_of_what_is_held_destroyed_or_not(database: Database, room: str) -> None:
    approved = ("meeting_submitted", "meeting_approved")
    held, over = new_meeting(database, room, *approved), new_meeting(database, room, "meeting_cancelled")
    one, two, three = (device() for _ in range(3))
    with database.begin() as tx:
        for each, meeting, epoch in ((one, held, 2), (two, held, 1), (three, held, 0), (one, over, 1)):
            LINKS.save_key(tx, SeatKey(each, meeting, bytes(32), epoch, fresh_id("s"), "A1", START))
        LINKS.add_receipt(tx, fresh_id("a"), device=two, meeting=held, envelope=b"signed", at=LATER)
    with database.read() as tx:
        found = set(LINKS.sent_keys(tx))
    assert found == {SentKey(held, RoomId(room), one, 2), SentKey(held, RoomId(room), two, 1)}
