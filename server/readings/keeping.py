"""The record holds the hash of what was read, and who looks at it is in the record (P5, L1, L3).

Rules: the rows of a meeting hang together by a chain of hashes; now and then its newest hash becomes an entry of the
house's log and so a leaf of the record: one entry for many rows. Page by page and person by person they are read by
auditors alone, with a reason, which is an entry of its own.

Usage::

    keeping.keep(now=now)                                      # a chore
    keeping.look(meeting, Looking(person="u-…", reason="…"), by="person:u-…", now=now)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, Protocol

from server.audit.model import AdminEvent
from server.readings.model import NOTHING, chained
from server.readings.ports import Accounts, Head, Meetings, Numbered, ReadingStore, Stood
from server.readings.service import shown
from server.unit import Transaction, UnitOfWork
from wire.ids import MeetingId

KEPT: Final = "readings_kept"
READ: Final = "readings_read"
MAX_REASON: Final = 500
#: Rows on one answer.
PAGE_ROWS: Final = 500
_PORTION: Final = 2_000


class AdminLog(Protocol):
    """The record of what is done in the house."""

    def record(self, tx: Transaction, kind: str, data: dict[str, Any], *, actor: str, now: dt.datetime) -> AdminEvent:
        """One more entry, there when ``tx`` is committed."""
        ...

    def newest_of(self, tx: Transaction, kind: str, meeting: str) -> AdminEvent | None:
        """The newest of a kind that names this meeting, however many came after it."""
        ...


@dataclass(frozen=True, slots=True)
class Looking:
    """What somebody wants to see, and why. Empty ``person`` or ``paper``: of all."""

    reason: str
    person: str = ""
    paper: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class ReadingKeeping:
    """The rows of all meetings."""

    unit: UnitOfWork
    store: ReadingStore
    meetings: Meetings
    log: AdminLog
    stood: Stood
    accounts: Accounts

    def keep(self, *, now: dt.datetime) -> None:
        """Let the record hold what has come."""
        with self.unit.read() as tx:
            waiting = self.store.unkept(tx)
        for meeting in waiting:
            with self.unit.begin() as tx:
                head = self.store.head(tx, meeting)
                digest = self._digest(tx, meeting, head, upto=head.newest)
                self.store.keep(tx, meeting, kept=head.newest, digest=digest)
                data = {"meeting": meeting, "rows": head.newest, "sha256": digest}
                self.log.record(tx, KEPT, data, actor="system", now=now)

    def look(self, meeting: MeetingId, looking: Looking, *, by: str, now: dt.datetime) -> dict[str, Any]:
        """``{readings, next, intact, kept, rows, people}``; that it was read is committed before.

        ``people``: ``[{person, name}]``, everybody of whom there is a row, member or not. Raises NoSuchMeeting.
        """
        state = self.meetings.state(meeting)
        data: dict[str, Any] = {"meeting": meeting, "reason": looking.reason}
        data |= {"person": looking.person} if looking.person else {}
        data |= {"paper": looking.paper} if looking.paper else {}
        with self.unit.begin() as tx:
            self.log.record(tx, READ, data, actor=by, now=now)
        with self.unit.read() as tx:
            head = self.store.head(tx, meeting)
            rows = self.store.rows(
                tx, meeting, after=looking.after, limit=PAGE_ROWS + 1, person=looking.person, paper=looking.paper
            )
            intact, seats = self._is_intact(tx, meeting), self.stood.labels_of(tx, meeting)
            people = self.store.people(tx, meeting)
            names = {each.id: each.name for each in self.accounts.accounts_of(tx, people)}
        names |= {each.person: each.name for each in state.members}
        more, rows = len(rows) > PAGE_ROWS, rows[:PAGE_ROWS]
        return {
            "readings": [shown(each, state, seats, names) for each in rows],
            "next": rows[-1].number if more else None,
            "intact": intact,
            "kept": head.kept,
            "rows": head.newest,
            "people": [{"person": person, "name": names.get(person, "")} for person in people],
        }

    def _is_intact(self, tx: Transaction, meeting: MeetingId) -> bool:
        """Whether the rows are those whose hash the record holds."""
        entry = self.log.newest_of(tx, KEPT, meeting)
        if entry is None:
            return self.store.head(tx, meeting).kept == 0
        rows, digest = entry.data.get("rows"), entry.data.get("sha256")
        if not isinstance(rows, int) or rows < 1:
            return False
        return self._digest(tx, meeting, Head(hash=NOTHING), upto=rows) == digest

    def _digest(self, tx: Transaction, meeting: MeetingId, head: Head, *, upto: int) -> str:
        """The hash over the rows up to a number, going on from ``head``; no hash at all when one of them is missing."""
        digest, number = head.hash, head.kept
        while number < upto:
            rows: list[Numbered] = self.store.rows(tx, meeting, after=number, limit=min(_PORTION, upto - number))
            if not rows or [each.number for each in rows] != list(range(number + 1, number + 1 + len(rows))):
                return "missing"
            for each in rows:
                digest = chained(digest, each.number, each.row)
            number = rows[-1].number
        return digest
