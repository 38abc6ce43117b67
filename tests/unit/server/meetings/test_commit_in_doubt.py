"""The database commits and then cannot say so: what was committed is told all the same, once the database is back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from server.db.errors import DatabaseAway
from server.idempotency.service import ActKey
from server.idempotency.store import SqlActLedger
from server.meetings.logbook import Change, Logbook
from server.meetings.model import Draft
from server.meetings.store import SqlMeetingStore
from server.record.service import Recorder
from server.record.store import SqlRecordStore
from server.slots import Slots
from server.unit import Transaction, UnitOfWork
from tests.support.office import Office, fresh_id
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState


class Mumbling:
    """A unit of work whose next commit succeeds and is reported as failed."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self.mumbles = False

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with self._unit.begin() as tx:
            yield tx
        if self.mumbles:
            self.mumbles = False
            raise DatabaseAway

    def read(self) -> AbstractContextManager[Transaction]:
        return self._unit.read()


class Slow:
    """A unit of work whose next commit is reported as failed and is not there yet when one looks."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self.fails = False

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with self._unit.begin() as tx:
            yield tx
            if self.fails:
                self.fails = False
                raise DatabaseAway

    def read(self) -> AbstractContextManager[Transaction]:
        return self._unit.read()


class Ear:
    """Hears what is announced."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def announce(
        self, meeting: MeetingId, events: Sequence[Event], *, before: MeetingState, after: MeetingState
    ) -> None:
        assert [event.seq for event in events] == list(range(before.seq + 1, after.seq + 1))
        self.heard += [event.seq for event in events]


def logbook_of(office: Office, unit: UnitOfWork, ear: Ear) -> Logbook:
    """A logbook over ``unit``, with ears of its own."""
    slots = Slots()
    slots.announcers.append(ear)
    return Logbook(
        unit,
        SqlMeetingStore(),
        ledger=SqlActLedger(),
        announcer=slots,
        epochs=slots,
        record=Recorder(office.services.database, SqlRecordStore()),
    )


@pytest.mark.parametrize("what", ["the same act again", "another act", "a look"])
def test_M3_what_was_committed_in_doubt_is_told(tmp_path: Path, what: str) -> None:
    office = Office(tmp_path)
    meeting, now = MeetingId(office.meeting("open")), office.clock.now()
    unit, ear = Mumbling(office.services.database), Ear()
    logbook = logbook_of(office, unit, ear)
    recess, key = Draft("meeting_recessed", {}), ActKey(fresh_id("a"), "system", "recess")
    seq = logbook.log(meeting).state.seq
    unit.mumbles = True
    with pytest.raises(DatabaseAway):
        logbook.append(meeting, actor="system", now=now, decide=lambda _: [recess], key=key)
    if what == "the same act again":
        assert logbook.append(meeting, actor="system", now=now, decide=lambda _: [recess], key=key) == {"seq": seq + 1}
    elif what == "another act":
        resume = Draft("meeting_resumed", {})
        logbook.append(meeting, actor="system", now=now, decide=lambda _: [resume])
        assert ear.heard.pop() == seq + 2
    assert logbook.log(meeting).state.seq >= seq + 1
    assert ear.heard == [seq + 1]


@pytest.mark.parametrize("how", ["alone", "together"])
def test_M3_a_commit_that_is_seen_only_after_the_first_look_is_told_by_who_appends_next(
    tmp_path: Path, how: str
) -> None:
    """The database was cut off while it committed, and the look after it still came before the commit."""
    office = Office(tmp_path)
    meeting, now = MeetingId(office.meeting("open")), office.clock.now()
    unit, ear = Slow(office.services.database), Ear()
    logbook = logbook_of(office, unit, ear)
    recess, resume = Draft("meeting_recessed", {}), Draft("meeting_resumed", {})
    seq = logbook.log(meeting).state.seq
    unit.fails = True
    with pytest.raises(DatabaseAway):
        logbook.append(meeting, actor="system", now=now, decide=lambda _: [recess])
    assert logbook.log(meeting).state.seq == seq
    # Now it is there, and nobody has been told of it.
    logbook_of(office, office.services.database, Ear()).append(
        meeting, actor="system", now=now, decide=lambda _: [recess]
    )
    if how == "together":
        key = ActKey(fresh_id("a"), "system", "resume")
        change = Change("system", now, lambda _: [recess], key, lambda _: {})
        assert logbook.append_all(meeting, [change]) == [None], "left to be decided alone, against what there is now"
    logbook.append(
        meeting, actor="system", now=now, decide=lambda log: [resume if log.state.phase == "recess" else recess]
    )
    assert ear.heard == [seq + 1, seq + 2]
