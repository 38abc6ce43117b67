"""The meetings' logs: one suite, both databases."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import update

from server.db.engine import Database
from server.idempotency.service import ActKey
from server.idempotency.store import SqlActLedger
from server.meetings.logbook import Logbook
from server.meetings.model import Draft, Log
from server.meetings.ports import LogMoved
from server.meetings.store import SqlMeetingStore, meeting_events
from server.record.service import Recorder
from server.record.store import SqlRecordStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.slots import Slots
from tests.support.office import START, fresh_id
from wire.errors import BrokenChain
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole

STORE = SqlMeetingStore()


@pytest.fixture
def room(database: Database) -> str:
    found = Room(fresh_id("r"), "Phòng 1", ())
    with database.begin() as tx:
        SqlRoomStore().add(tx, found, START)
    return found.id


def _created(room: str) -> Draft:
    data = {
        "title": "Họp (demo)",
        "type": "Giao ban",
        "room": room,
        "room_name": "Phòng 1",
        "starts_at": "2026-11-23T01:30:00.000Z",
        "planned_minutes": 90,
    }
    return Draft("meeting_created", data)


def _members(*people: tuple[str, str]) -> Draft:
    entries = [{"person": p, "name": "X (demo)", "position": "", "unit": "", "role": r} for p, r in people]
    return Draft("members_set", {"members": entries})


def _grow(log: Log, *drafts: Draft) -> tuple[list[Event], Log]:
    events = log.events_of(drafts, actor="system", now=START)
    return events, log.grown(events)


def test_M2_the_log_comes_back_event_by_event(database: Database, room: str) -> None:
    log = Log(MeetingId(fresh_id("m")))
    person = fresh_id("u")
    events, after = _grow(log, _created(room), _members((person, "chair")))
    with database.begin() as tx:
        STORE.append(tx, events, state=after.state)
    with database.read() as tx:
        assert STORE.events(tx, log.meeting) == events
        assert STORE.events(tx, log.meeting, after=1) == events[1:]
        assert STORE.events(tx, MeetingId(fresh_id("m"))) == []
        assert log.grown(STORE.events(tx, log.meeting)).state == after.state


def test_M2_a_number_is_written_once(database: Database, room: str) -> None:
    log = Log(MeetingId(fresh_id("m")))
    first, after = _grow(log, _created(room))
    with database.begin() as tx:
        STORE.append(tx, first, state=after.state)
    mine, after_mine = _grow(after, _members((fresh_id("u"), "chair")))
    other, after_other = _grow(after, _members((fresh_id("u"), "chair")))
    with database.begin() as tx:
        STORE.append(tx, other, state=after_other.state)
    with pytest.raises(LogMoved), database.begin() as tx:
        STORE.append(tx, mine, state=after_mine.state)
    with database.read() as tx:
        assert STORE.events(tx, log.meeting) == [*first, *other]


def test_M2_an_event_that_was_changed_in_the_table_is_not_read(database: Database, room: str) -> None:
    log = Log(MeetingId(fresh_id("m")))
    events, after = _grow(log, _created(room))
    with database.begin() as tx:
        STORE.append(tx, events, state=after.state)
        tx.execute(update(meeting_events).values(body=_replaced(tx, "Họp", "Hội")))
    with pytest.raises(BrokenChain), database.read() as tx:
        STORE.events(tx, log.meeting)


def _replaced(tx: Any, old: str, new: str) -> str:
    body: str = tx.execute(meeting_events.select()).one().body
    assert old in body
    return body.replace(old, new)


def test_lists_show_what_the_log_says(database: Database, room: str) -> None:
    chair, guest = fresh_id("u"), fresh_id("u")
    log = Log(MeetingId(fresh_id("m")))
    events, after = _grow(log, _created(room), _members((chair, "chair"), (guest, "guest")))
    other, after_other = _grow(Log(MeetingId(fresh_id("m"))), _created(room))
    with database.begin() as tx:
        STORE.append(tx, events, state=after.state)
        STORE.append(tx, other, state=after_other.state)
    with database.read() as tx:
        assert {row.id for row in STORE.rows(tx)} == {log.meeting, other[0].meeting}
        (mine,) = STORE.rows(tx, person=chair)
        assert (mine.title, mine.phase, mine.seq, mine.starts_at) == ("Họp (demo)", "draft", 2, after.state.starts_at)
        assert STORE.roles(tx, guest) == {log.meeting: MemberRole.GUEST}
        assert len(STORE.rows(tx, room=room)) == 2
        assert STORE.rows(tx, room=fresh_id("r")) == []
    events, after = _grow(after, _members((chair, "chair")))
    with database.begin() as tx:
        STORE.append(tx, events, state=after.state)
    with database.read() as tx:
        assert STORE.roles(tx, guest) == {}


def test_A3_a_substitute_has_the_meeting_in_the_list_as_long_as_they_stand_for_somebody(
    database: Database, room: str
) -> None:
    chair, absent, sent = (fresh_id("u") for _ in range(3))
    named: dict[str, Any] = {
        "member": absent,
        "person": sent,
        "name": "Y (demo)",
        "position": "",
        "unit": "",
        "reason": "x",
    }
    named |= {"may_speak": True, "may_vote": True}
    after = Log(MeetingId(fresh_id("m")))
    for drafts, roles in (
        ((_created(room), _members((chair, "chair"), (absent, "member"))), {}),
        ((Draft("substitute_named", named),), {after.meeting: MemberRole.MEMBER}),
        ((Draft("substitute_ended", {"member": absent}),), {}),
    ):
        events, after = _grow(after, *drafts)
        with database.begin() as tx:
            STORE.append(tx, events, state=after.state)
        with database.read() as tx:
            assert STORE.roles(tx, sent) == roles


class _Told:
    """Keeps the numbers it was told, in the order it was told them."""

    def __init__(self) -> None:
        self.seqs: list[int] = []

    def announce(self, meeting: MeetingId, events: Any, *, before: MeetingState, after: MeetingState) -> None:
        assert before.seq + len(events) == after.seq
        self.seqs += [event.seq for event in events]


def _logbook(database: Database, told: _Told) -> Logbook:
    slots = Slots(announcers=[told])
    return Logbook(
        database,
        STORE,
        ledger=SqlActLedger(),
        announcer=slots,
        epochs=slots,
        record=Recorder(database, SqlRecordStore()),
    )


def test_M2_two_writers_that_know_nothing_of_each_other_lose_no_event(database: Database, room: str) -> None:
    """Two logbooks stand for two processes: the key (meeting, seq) alone keeps them apart."""
    meeting, told = MeetingId(fresh_id("m")), (_Told(), _Told())
    books = [_logbook(database, each) for each in told]
    books[0].append(meeting, actor="system", now=START, decide=lambda _: [_created(room)], creates=True)
    faults: list[Exception] = []

    def write(book: Logbook) -> None:
        try:
            for _ in range(15):
                book.append(
                    meeting,
                    actor="system",
                    now=START,
                    decide=lambda log: [Draft("display_set", {"mode": "message", "text": f"{log.state.seq}"})],
                )
        except Exception as fault:  # noqa: BLE001 - shown below, with the thread's own traceback
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with database.read() as tx:
        events = STORE.events(tx, meeting)
    assert [event.seq for event in events] == list(range(1, 32))
    assert [e.data["text"] for e in events[1:]] == [str(n) for n in range(1, 31)], "each decided on the newest state"
    assert sorted(told[0].seqs + told[1].seqs) == list(range(1, 32)), "each event is announced once"
    assert told[1].seqs == sorted(told[1].seqs)


def test_W28_an_act_sent_twice_at_once_makes_one_event(database: Database, room: str) -> None:
    meeting, told = MeetingId(fresh_id("m")), _Told()
    books = [_logbook(database, told) for _ in range(4)]
    books[0].append(meeting, actor="system", now=START, decide=lambda _: [_created(room)], creates=True)
    key = ActKey(fresh_id("a"), "system", "show", {})
    answers: list[dict[str, Any]] = []

    def write(book: Logbook) -> None:
        draft = Draft("display_set", {"mode": "blank", "text": ""})
        answers.append(book.append(meeting, actor="system", now=START, decide=lambda _: [draft], key=key))

    threads = [threading.Thread(target=write, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"seq": 2}] * 4
    assert told.seqs == [1, 2]


def test_what_is_written_beside_an_event_goes_with_it(database: Database, room: str) -> None:
    meeting, told = MeetingId(fresh_id("m")), _Told()
    book = _logbook(database, told)
    book.append(meeting, actor="system", now=START, decide=lambda _: [_created(room)], creates=True)

    def fail(_tx: object, _state: MeetingState) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        book.append(
            meeting,
            actor="system",
            now=START,
            decide=lambda _: [Draft("display_set", {"mode": "blank", "text": ""})],
            also=fail,
        )
    assert book.log(meeting).state.seq == 1
    assert told.seqs == [1], "what was not committed is told to nobody"
