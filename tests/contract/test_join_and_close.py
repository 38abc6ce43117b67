"""A seat joins at the instant of closing: it is in the recall's n, or it gets no key; with two real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from server.db.engine import Database
from server.distribution.model import SeatKey
from server.distribution.store import SqlLinkStore
from server.idempotency.store import SqlActLedger
from server.meetings import model
from server.meetings.commands import By, Step
from server.meetings.logbook import Logbook
from server.meetings.model import Draft, Log
from server.meetings.store import SqlMeetingStore
from server.record.service import Recorder
from server.record.store import SqlRecordStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.slots import Slots
from tests.contract.test_distribution_stores import device, new_meeting
from tests.support.meetings import CHAIR, SECRETARY, members
from tests.support.office import START, fresh_id
from tests.support.poll import until
from wire.ids import DeviceId, MeetingId
from wire.phases import Change

LINKS, MEETINGS = SqlLinkStore(), SqlMeetingStore()
_OPEN = ("meeting_submitted", "meeting_approved", "meeting_opened")


class Side:
    """One of two that act at the same moment, on connections and a cache of its own."""

    def __init__(self, database: Database) -> None:
        self.database = Database(database.engine.url.render_as_string(hide_password=False))
        self.logbook = Logbook(
            self.database,
            MEETINGS,
            ledger=SqlActLedger(),
            announcer=Slots(),
            epochs=Slots(),
            record=Recorder(self.database, SqlRecordStore()),
        )
        self.thread: threading.Thread | None = None
        self.fault: Exception | None = None

    def begin(self, do: Callable[[], object]) -> None:
        """Do it on a thread of its own."""

        def run() -> None:
            try:
                do()
            except Exception as exc:  # noqa: BLE001 - the test looks at it
                self.fault = exc

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def done(self) -> None:
        """Wait for its end; raises what it raised."""
        assert self.thread is not None
        self.thread.join(20)
        assert not self.thread.is_alive()
        if self.fault is not None:
            raise self.fault

    def waits(self) -> None:
        """Give it the time to be done too early."""
        assert self.thread is not None
        self.thread.join(0.3)

    def close(self, meeting: MeetingId, before_it_decides: Callable[[], object] = lambda: None) -> None:
        """The chair closes; whose keys are recalled is asked as the server asks."""

        def decide(log: Log) -> Sequence[Draft]:
            before_it_decides()
            with self.database.read() as tx:
                held = tuple((key.device, key.seat_label) for key in LINKS.keys_for(tx, meeting) if key.epoch_sent)
            return model.decide(log, Step(Change.CLOSE, holders=held), By(CHAIR))

        self.logbook.append(meeting, actor="system", now=START, decide=decide)

    def join(self, meeting: MeetingId, room: str, who: DeviceId, *, then: Callable[[], object] = lambda: None) -> bool:
        """A seat is given the key; ``then`` happens before the commit."""
        with self.database.begin() as tx:
            if not LINKS.may_join(tx, meeting, room=room):
                return False
            LINKS.save_key(tx, SeatKey(who, meeting, bytes(32), 1, fresh_id("s"), "A1", START))
            then()
        return True


@pytest.fixture
def sides(database: Database) -> Iterator[tuple[Side, Side]]:
    both = Side(database), Side(database)
    yield both
    for side in both:
        side.database.close()


@pytest.fixture
def held(database: Database) -> tuple[MeetingId, str]:
    """An open meeting and its room."""
    room = Room(fresh_id("r"), "Phòng 1", ())
    with database.begin() as tx:
        SqlRoomStore().add(tx, room, START)
    meeting = new_meeting(database, room.id, *_OPEN)
    side = Side(database)
    value: list[dict[str, Any]] = [
        {"person": m.person, "name": m.name, "position": "", "unit": "", "role": m.role.value}
        for m in members(CHAIR, SECRETARY)
    ]
    drafts = (Draft("members_set", {"members": value}),)
    side.logbook.append(meeting, actor="system", now=START, decide=lambda _log: drafts)
    side.database.close()
    return meeting, room.id


def _expected(side: Side, meeting: MeetingId) -> set[str]:
    with side.database.read() as tx:
        log = Log(meeting).grown(MEETINGS.events(tx, meeting))
    return {found for found, _ in log.state.recall.expected}


def test_P7_a_join_that_is_not_committed_yet_is_counted_by_the_closing(
    sides: tuple[Side, Side], held: tuple[MeetingId, str]
) -> None:
    (joining, closing), (meeting, room), seat = sides, held, device()
    has_joined, may_commit = threading.Event(), threading.Event()

    def pause() -> None:
        has_joined.set()
        may_commit.wait(20)

    joining.begin(lambda: joining.join(meeting, room, seat, then=pause))
    until(has_joined.is_set)
    decided = threading.Event()
    closing.begin(lambda: closing.close(meeting, decided.set))
    assert not decided.wait(0.3), "the closing waits for the join"
    may_commit.set()
    joining.done()
    closing.done()
    assert _expected(closing, meeting) == {seat}


def test_P7_a_join_during_the_closing_gets_no_key(sides: tuple[Side, Side], held: tuple[MeetingId, str]) -> None:
    (joining, closing), (meeting, room), seat = sides, held, device()
    deciding, may_decide = threading.Event(), threading.Event()
    answers: list[bool] = []

    def pause() -> None:
        deciding.set()
        may_decide.wait(20)

    closing.begin(lambda: closing.close(meeting, pause))
    until(deciding.is_set)
    joining.begin(lambda: answers.append(joining.join(meeting, room, seat)))
    joining.waits()
    assert answers == [], "the join waits for the closing"
    may_decide.set()
    closing.done()
    joining.done()
    assert answers == [False]
    assert _expected(closing, meeting) == set()
    with joining.database.read() as tx:
        assert LINKS.keys_for(tx, meeting) == []
