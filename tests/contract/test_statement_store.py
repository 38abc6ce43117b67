"""Signed acts on both databases: kept once, with the material they lean on, each piece of it once."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import func, select

from server.db.engine import Database
from server.identity.model import Account
from server.identity.store import SqlIdentityStore
from server.meetings.model import Draft, Log
from server.meetings.store import SqlMeetingStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.statements.ports import UNPUBLISHED, KeptStatement
from server.statements.store import MATERIAL, SqlStatementStore
from server.trust.model import Kept
from tests.support.office import START, fresh_id
from wire.ids import MeetingId

STORE = SqlStatementStore()
CRL = Kept("crl", "http://ca.test/x.crl", b"list", START, None, START)
OCSP = Kept("ocsp", "ab" * 32, b"answer", START, START + dt.timedelta(hours=1), START)


@pytest.fixture
def kept(database: Database) -> KeptStatement:
    """A statement of a meeting and a person that are there."""
    room, meeting, person = Room(fresh_id("r"), "Phòng 1", ()), MeetingId(fresh_id("m")), fresh_id("u")
    described = {"title": "Họp (demo)", "type": "Giao ban", "room": room.id, "room_name": "Phòng 1"}
    draft = Draft("meeting_created", {**described, "starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 90})
    log = Log(meeting)
    events = log.events_of([draft], actor="system", now=START)
    with database.begin() as tx:
        SqlRoomStore().add(tx, room, START)
        account = Account(
            person, "thuky", "Thư ký (demo)", "", "", frozenset(), START, START, password_hash="$argon2id$x"
        )
        SqlIdentityStore().add_account(tx, account)
        SqlMeetingStore().append(tx, events, state=log.grown(events).state)
    return KeptStatement(
        "01" * 32, meeting, "attend", person, "cd" * 32, 2, START, b"statement", b"cms", material=(CRL, OCSP, CRL)
    )


def test_W65_a_statement_comes_back_with_its_material(database: Database, kept: KeptStatement) -> None:
    with database.begin() as tx:
        assert STORE.add(tx, kept)
    with database.read() as tx:
        found = STORE.find(tx, kept.meeting, kept.sha256)
        assert found is not None
        assert dataclasses.replace(found, material=()) == dataclasses.replace(kept, material=())
        assert sorted(found.material, key=lambda one: one.kind) == [CRL, OCSP]
        assert STORE.find(tx, fresh_id("m"), kept.sha256) is None
        assert STORE.of_meeting(tx, kept.meeting) == [dataclasses.replace(kept, material=())]


def test_G46_a_statement_is_kept_once(database: Database, kept: KeptStatement) -> None:
    with database.begin() as tx:
        assert STORE.add(tx, kept)
        assert not STORE.add(tx, dataclasses.replace(kept, cms=b"another"))
    with database.read() as tx:
        assert [one.cms for one in STORE.of_meeting(tx, kept.meeting)] == [b"cms"]


def test_V5_a_statement_of_a_ballot_is_read_by_nobody_before_it_is_published(
    database: Database, kept: KeptStatement
) -> None:
    waiting, other = (dataclasses.replace(kept, sha256=each * 32, seq=UNPUBLISHED) for each in ("02", "03"))
    with database.begin() as tx:
        assert all(STORE.add(tx, each) for each in (kept, waiting, other))
    with database.read() as tx:
        assert [each.sha256 for each in STORE.of_meeting(tx, kept.meeting)] == [kept.sha256]
        assert STORE.find(tx, kept.meeting, waiting.sha256) is None
    with database.begin() as tx:
        STORE.publish(tx, [waiting.sha256, kept.sha256], seq=9)
    with database.read() as tx:
        assert {each.sha256: each.seq for each in STORE.of_meeting(tx, kept.meeting)} == {
            kept.sha256: kept.seq,
            waiting.sha256: 9,
        }


def test_material_is_kept_once_for_all_and_statements_come_in_order(database: Database, kept: KeptStatement) -> None:
    later = dataclasses.replace(kept, sha256="00" * 32, seq=9, material=(CRL,))
    with database.begin() as tx:
        assert STORE.add(tx, later)
        assert STORE.add(tx, kept)
    with database.read() as tx:
        assert [one.seq for one in STORE.of_meeting(tx, kept.meeting)] == [2, 9]
        assert tx.execute(select(func.count()).select_from(MATERIAL)).scalar_one() == 2
