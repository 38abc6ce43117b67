"""Begins rehearsals, ends them, and ends those that nobody ended (M5).

Rules: that a rehearsal was held is one line of the administrators' log, written with its beginning and so before any
screen shows it; of what happened in it nothing stays. A rehearsal ends when somebody ends it, when its meeting opens or
changes in what it gives to whom, when another meeting begins in the room, or after a day. Rows are deleted in one
transaction; files and memory follow, and what a crash left of the files is swept at the next start.

Usage::

    service.start(meeting, leads=True, asked=asked)    # {"rehearsal": "m-…"}
    service.end(meeting)
    service.sweep(now=now)
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from server.errors import ServerError
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, answered
from server.meetings.errors import ChairMissing, NoSuchMeeting
from server.meetings.service import Asked
from server.rehearsals import errors, model
from server.rehearsals.ports import Files, Journal, Leaver, Meetings, PaperRows, Papers, People
from server.unit import Transaction, UnitOfWork
from wire import ids
from wire.events import Event
from wire.fields import print_instant
from wire.ids import MeetingId, PaperId
from wire.phases import LIVE
from wire.state import MeetingState, Member, MemberRole
from wire.topics import PaperVersion

HELD: Final = "rehearsal_held"
_LOG: Final = logging.getLogger("rehearsals")


class Running(NamedTuple):
    """A rehearsal that there is now; ``by`` is who began it, by name."""

    rehearsal: MeetingId
    started_at: dt.datetime
    by: str

    def to_value(self) -> dict[str, Any]:
        """JSON."""
        return {"rehearsal": self.rehearsal, "started_at": print_instant(self.started_at), "by": self.by}


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with."""

    unit: UnitOfWork
    ledger: ActLedger
    meetings: Meetings
    papers: Papers
    rows: PaperRows
    files: Files
    people: People
    journal: Journal
    erase: Callable[[Transaction, MeetingId], None]
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class RehearsalService:
    """All rehearsals."""

    tools: Tools
    #: who keeps something of a meeting in memory
    leavers: list[Leaver] = field(default_factory=list)
    #: set when one may be over
    woken: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, meeting: MeetingId) -> Running | None:
        """The rehearsal of a meeting."""
        found = next((row.id for row in self.tools.meetings.rehearsals() if row.rehearsal_of == meeting), None)
        try:
            first = None if found is None else self.tools.meetings.events(found)[0]
        except NoSuchMeeting:
            return None
        if found is None or first is None:
            return None
        return Running(found, first.at, self._name(first.actor))

    def start(self, meeting: MeetingId, *, leads: bool, asked: Asked) -> dict[str, Any]:
        """A rehearsal of ``meeting``, approved and ready to be opened; gives ``{rehearsal, seq}``.

        ``leads``: who begins it sits in the chair's place. The same act again gets the same answer. Raises
        NotRehearsable, RehearsalRunning, RoomInUse, ChairElsewhere, LeaderRecused, ChairMissing, MeetingMoved,
        ActReused, DiskFull.
        """
        key = ActKey(asked.act, asked.actor.label, "start_rehearsal", {"meeting": meeting, "leads": leads})
        with self._turn:
            # Asked first: the rehearsal that this very act began would stand in its way.
            with self.tools.unit.read() as tx:
                known = answered(self.tools.ledger, tx, key)
            if known is not None:
                return known
            state = self.tools.meetings.state(meeting)
            model.must_be_rehearsable(state)
            self._must_be_free(state)
            leader = self._leader(state, asked, leads=leads)
            model.led_by(state, leader)
            rehearsal = MeetingId(ids.new("m", self.tools.random(ids.RANDOM_BYTES)))
            made: list[PaperVersion] = []
            try:
                begun = self._write(meeting, state, leader, rehearsal=rehearsal, made=made, asked=asked, key=key)
            except BaseException:
                for version in made:
                    self.tools.files.discard(version)
                raise
        # What its meeting did in the last moment woke nobody: there was no rehearsal yet that it could end.
        self.woken.set()
        return begun

    def end(self, meeting: MeetingId) -> dict[str, Any]:
        """Destroy the rehearsal of ``meeting``; gives ``{ended}``, false when there was none."""
        with self._turn:
            found = self.of(meeting)
            return {"ended": found is not None and self._destroy(found.rehearsal)}

    def sweep(self, *, now: dt.datetime) -> int:
        """End those that are over; how many."""
        ended = 0
        for row in self.tools.meetings.rehearsals():
            try:
                with self._turn:
                    ended += self._is_over(row.id, now) and self._destroy(row.id)
            except ServerError as exc:
                _LOG.warning("%s is still there: %s", row.id, exc)
        return ended

    def announce(
        self, meeting: MeetingId, events: Sequence[Event], *, before: MeetingState, after: MeetingState
    ) -> None:
        """A meeting has changed: somebody's rehearsal may be over."""
        del meeting, events
        if after.rehearsal is None and (before.phase is not after.phase or after.phase not in LIVE):
            self.woken.set()

    def _write(
        self,
        meeting: MeetingId,
        state: MeetingState,
        leader: Member,
        *,
        rehearsal: MeetingId,
        made: list[PaperVersion],
        asked: Asked,
        key: ActKey,
    ) -> dict[str, Any]:
        copies = []
        for paper in model.published(state):
            source = PaperVersion(PaperId(paper.paper), paper.published_version)
            copied = self.tools.papers.copy(source, meeting=rehearsal, now=asked.now)
            made.append(copied.stored.version)
            copies.append((paper, copied))
        papers = [
            model.CopiedPaper(paper, each.stored.version.paper, each.stored.manifest_sha256, each.plain_sha256)
            for paper, each in copies
        ]

        def also(tx: Transaction, _state: MeetingState) -> dict[str, Any]:
            for _, each in copies:
                self.tools.rows.add(tx, each.stored)
            told = {"meeting": meeting, "title": state.title, "leader": leader.person}
            self.tools.journal.record(tx, HELD, told, actor=asked.actor.label, now=asked.now)
            return {"rehearsal": rehearsal}

        self._must_be_unmoved(meeting, state, now=asked.now)
        drafts = model.copy(state, papers, leader=leader)
        return self.tools.meetings.create_copy(
            drafts, asked, key=key, look=lambda _tx: None, also=also, meeting=rehearsal
        )

    def _must_be_free(self, state: MeetingState) -> None:
        for row in self.tools.meetings.rehearsals():
            if row.room == state.room:
                raise errors.RehearsalRunning(title=row.title)
        going = self._live_in(state.room)
        if going is not None:
            raise errors.RoomInUse(title=going.title)

    def _must_be_unmoved(self, meeting: MeetingId, state: MeetingState, *, now: dt.datetime) -> None:
        """Copying papers takes a while, in which somebody may have lost a right that ``state`` still gives them."""
        current, later = self.tools.meetings.state(meeting), self.tools.meetings.events(meeting, after=state.seq)
        is_live = self._live_in(state.room) is not None
        if model.is_over(now, current, later, room_is_live=is_live, now=now):
            raise errors.MeetingMoved

    def _live_in(self, room: str) -> MeetingState | None:
        meetings = self.tools.meetings
        return model.live_in(room, {name: meetings.state(name) for name in meetings.live()})

    def _leader(self, state: MeetingState, asked: Asked, *, leads: bool) -> Member:
        chair = next((member for member in state.members if member.role is MemberRole.CHAIR), None)
        if chair is None:
            raise ChairMissing
        if not leads:
            return chair
        person = self.tools.people.person(asked.actor.person_id)
        return Member(asked.actor.person_id, person.name, person.position, person.unit, MemberRole.CHAIR)

    def _is_over(self, rehearsal: MeetingId, now: dt.datetime) -> bool:
        meetings = self.tools.meetings
        first, state = meetings.events(rehearsal)[0], meetings.state(rehearsal)
        if state.rehearsal is None:
            return False
        source = MeetingId(state.rehearsal.of)
        later = meetings.events(source, after=state.rehearsal.seq)
        is_live = self._live_in(state.room) is not None
        return model.is_over(first.at, meetings.state(source), later, room_is_live=is_live, now=now)

    def _destroy(self, rehearsal: MeetingId) -> bool:
        try:
            last = self.tools.meetings.destroy(rehearsal, lambda tx: self.tools.erase(tx, rehearsal))
        except NoSuchMeeting:
            return False
        _LOG.info("the rehearsal %s is over, all of it deleted", rehearsal)
        for leaver in self.leavers:
            try:
                leaver.meeting_gone(rehearsal, last)
            except Exception:  # noqa: BLE001 - it is gone whatever one of them says
                _LOG.exception("%s was not told that %s is gone", type(leaver).__name__, rehearsal)
        for paper in last.papers:
            self.tools.files.discard(PaperVersion(PaperId(paper.paper), paper.version))
        return True

    def _name(self, actor: str) -> str:
        kind, _, person = actor.partition(":")
        try:
            return self.tools.people.person(person).name if kind == "person" else ""
        except ServerError:
            return ""
