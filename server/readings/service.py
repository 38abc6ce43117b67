"""Who has opened what, who is reminded of it, and what a person may read of themselves (P5).

Rules: whoever prepares or leads a meeting learns of each paper how many of those it was published to have opened it,
and who has not: neither when, nor how often, nor which pages (docs/adr/0044). A reminder stands on the first page of
who was reminded until they open that version, it is replaced or recalled, or the meeting is over; it is an entry of
the record. Everybody reads what is kept of them.

Usage::

    readings.board(meeting, actor)
    readings.remind(meeting, "p-…", (), asked=asked)      # all who have not opened it
    readings.waiting("u-…"); readings.own("u-…"); readings.mine(meeting, "u-…")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.model import Actor, Role
from server.meetings.commands import LEADERS, SECRETARY, By
from server.meetings.errors import PhaseNotAllowed
from server.meetings.model import may, must_be_prepared
from server.readings import model
from server.readings.errors import NobodyUnread
from server.readings.model import CONSOLE, Line
from server.readings.ports import AdminLog, Meetings, Numbered, ReadingStore, Reminder, Stood
from server.unit import UnitOfWork
from wire.fields import print_instant
from wire.ids import MeetingId, PaperId
from wire.phases import HOLDING, Phase
from wire.state import MeetingState
from wire.topics import PaperVersion
from wire.visibility import sees

REMINDED: Final = "paper_reminded"
#: Of what is kept of one person in one meeting so much is shown.
MOST_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class ReadingService:
    """The openings of all meetings."""

    unit: UnitOfWork
    store: ReadingStore
    meetings: Meetings
    log: AdminLog
    ledger: ActLedger
    stood: Stood

    def board(self, meeting: MeetingId, actor: Actor) -> dict[str, Any]:
        """``{papers, may}``, each paper with ``of``, ``opened`` and ``unread``; raises NoSuchMeeting, NotAllowed."""
        state = self.meetings.see(meeting, actor)
        with self.unit.read() as tx:
            openers, reminders = self.store.openers(tx, meeting), self.store.reminders(tx, meeting)
        found = () if state.rehearsal is not None else model.lines(state, openers)
        told = {(each.paper, each.person): each for each in reminders}
        return {"papers": [_line(line, told) for line in found], "may": _may_remind(state, actor)}

    def remind(self, meeting: MeetingId, paper: str, people: Collection[str], *, asked: Asked) -> dict[str, Any]:
        """Remind these of a paper, or all who have not opened it when nobody is named; gives ``{reminded}``.

        Who has opened it meanwhile is left out. Raises NobodyUnread, PhaseNotAllowed, RehearsalFixed.
        """
        state, actor = self.meetings.see(meeting, asked.actor), asked.actor
        must_be_prepared(state)
        if state.phase not in HOLDING:
            raise PhaseNotAllowed(phase=state.phase.value)
        content = {"meeting": meeting, "paper": paper, "people": sorted(people)}
        key = ActKey(asked.act, actor.label, REMINDED, content)

        def do() -> dict[str, Any]:
            line = model.line_of(state, paper, self.store.openers(tx, meeting))
            unread = [] if line is None else [each.member.person for each in line.unread]
            chosen = [person for person in unread if not people or person in people]
            if line is None or not chosen:
                raise NobodyUnread
            version = _out(line)
            self.store.remind(tx, meeting, version, chosen, at=asked.now)
            data = {"meeting": meeting, "paper": paper, "version": version.version, "people": chosen}
            self.log.record(tx, REMINDED, data, actor=actor.label, now=asked.now)
            return {"reminded": chosen}

        with self.unit.begin() as tx:
            return once(self.ledger, tx, key, now=asked.now, do=do)

    def waiting(self, person: str) -> list[dict[str, Any]]:
        """The papers that a person was reminded of and has not opened, of meetings that are not over."""
        with self.unit.read() as tx:
            reminded = self.store.reminded(tx, person)
        rows = {row.id: row for row in self.meetings.among(HOLDING)} if reminded else {}
        found = []
        for meeting, each in reminded:
            row = rows.get(meeting)
            if row is None:
                continue
            state = self.meetings.state(meeting)
            paper = state.paper(each.paper.paper)
            if paper is None or not model.is_out(paper) or paper.published_version != each.paper.version:
                continue
            with self.unit.read() as tx:
                has_opened = person in self.store.openers(tx, meeting).get((paper.paper, paper.published_version), ())
            if not has_opened and sees(state, person, paper.item):
                found.append(
                    {
                        "meeting": meeting,
                        "title": row.title,
                        "starts_at": print_instant(row.starts_at),
                        "paper": paper.paper,
                        "paper_title": paper.title,
                        "reminders": each.count,
                        "reminded_at": print_instant(each.at),
                    }
                )
        return sorted(found, key=lambda one: (one["starts_at"], one["paper_title"]))

    def mine(self, meeting: MeetingId, person: str) -> dict[str, Any]:
        """What is kept of a person's reading in a meeting; raises NoSuchMeeting."""
        state = self.meetings.state(meeting)
        with self.unit.read() as tx:
            rows = self.store.rows(tx, meeting, limit=MOST_ROWS, person=person)
            seats = self.stood.labels_of(tx, meeting)
        return {"readings": [shown(each, state, seats) for each in rows]}

    def own(self, person: str) -> dict[str, Any]:
        """``{meetings: [{id, title, starts_at, rows, newest_at}]}``: where something is kept of a person's reading."""
        with self.unit.read() as tx:
            found = self.store.of_person(tx, person)
        # From the list of meetings: folding every log that somebody ever read in would take seconds.
        rows = {row.id: row for row in self.meetings.among(tuple(Phase))} if found else {}
        return {
            "meetings": [
                {
                    "id": each.meeting,
                    "title": rows[each.meeting].title,
                    "starts_at": print_instant(rows[each.meeting].starts_at),
                    "rows": each.rows,
                    "newest_at": print_instant(each.newest_at),
                }
                for each in found
                if each.meeting in rows
            ]
        }


def shown(
    numbered: Numbered,
    state: MeetingState,
    seats: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One row as screens have it, with the names of today.

    ``seats``: a device's place in words; ``names``: of people, for not everybody who reads is a member.
    """
    row = numbered.row
    paper, member = state.paper(row.paper.paper), state.member(row.person)
    return {
        "number": numbered.number,
        "person": row.person,
        "name": (names or {}).get(row.person, "") if member is None else member.name,
        "paper": row.paper.paper,
        "title": "" if paper is None else paper.title,
        "version": row.paper.version,
        "page": row.page,
        "how": row.how.value,
        "place": CONSOLE if row.place == CONSOLE else "seat",
        "seat_label": (seats or {}).get(row.place, ""),
        "at": print_instant(row.at),
    }


def _line(line: Line, told: Mapping[tuple[PaperVersion, str], Reminder]) -> dict[str, Any]:
    unread = []
    for each in line.unread:
        reminder = told.get((_out(line), each.member.person))
        unread.append(
            {
                "person": each.member.person,
                "name": each.member.name,
                "position": each.member.position,
                "older": each.older,
                "reminders": 0 if reminder is None else reminder.count,
                "reminded_at": None if reminder is None else print_instant(reminder.at),
            }
        )
    out = line.paper
    return {
        "paper": out.paper,
        "version": out.published_version,
        "of": line.of,
        "opened": line.opened,
        "unread": unread,
    }


def _out(line: Line) -> PaperVersion:
    return PaperVersion(PaperId(line.paper.paper), line.paper.published_version)


def _may_remind(state: MeetingState, actor: Actor) -> bool:
    by = By(actor.person_id, is_secretary=actor.has(Role.SECRETARY))
    leads = may(state, SECRETARY, by) or may(state, LEADERS, by)
    return leads and state.phase in HOLDING and state.rehearsal is None
