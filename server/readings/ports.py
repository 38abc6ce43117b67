"""What the openings need from outside.

Rules: rows are only added, and numbered within their meeting without a gap; who writes waits for the one before.

Usage: ``store.add(tx, meeting, rows, told_at=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from server.audit.model import AdminEvent
from server.identity.model import Account, Actor
from server.meetings.ports import MeetingRow
from server.papers.ports import StoredVersion
from server.readings.model import Openers, Row
from server.unit import Transaction
from wire.events import Event
from wire.ids import DeviceId, MeetingId
from wire.state import MeetingState
from wire.topics import PaperVersion


class Numbered(NamedTuple):
    """A row, its number, and when the server was told."""

    number: int
    row: Row
    told_at: dt.datetime


class Own(NamedTuple):
    """How much is kept of a person in a meeting, and of when the newest of it is."""

    meeting: MeetingId
    rows: int
    newest_at: dt.datetime


class Head(NamedTuple):
    """How far a meeting's rows reach, and how far the record holds their hash."""

    newest: int = 0
    kept: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody was reminded of a version: how often, and when last."""

    paper: PaperVersion
    person: str
    count: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """How much of what a device told was not taken, for one reason."""

    device: str
    why: str
    count: int
    last_at: dt.datetime


class ReadingStore(Protocol):
    """Keeps rows, reminders, and what was refused."""

    def add(self, tx: Transaction, meeting: MeetingId, rows: Sequence[Row], *, told_at: dt.datetime) -> int:
        """Keep those that are new; how many."""
        ...

    def openers(self, tx: Transaction, meeting: MeetingId) -> Openers:
        """Who opened a paper's version."""
        ...

    def rows(
        self, tx: Transaction, meeting: MeetingId, *, after: int = 0, limit: int, person: str = "", paper: str = ""
    ) -> list[Numbered]:
        """Rows above a number, in the order of their numbers; of one person or paper alone when it is named."""
        ...

    def of_person(self, tx: Transaction, person: str) -> list[Own]:
        """In which meetings there are rows of them, the newest row first."""
        ...

    def people(self, tx: Transaction, meeting: MeetingId) -> list[str]:
        """Everybody of whom there is a row."""
        ...

    def head(self, tx: Transaction, meeting: MeetingId) -> Head:
        """How far they reach."""
        ...

    def unkept(self, tx: Transaction) -> list[MeetingId]:
        """The meetings with rows that the record does not hold yet."""
        ...

    def keep(self, tx: Transaction, meeting: MeetingId, *, kept: int, digest: str) -> None:
        """The record holds ``digest`` over the rows up to ``kept``."""
        ...

    def remind(
        self, tx: Transaction, meeting: MeetingId, paper: PaperVersion, people: Collection[str], *, at: dt.datetime
    ) -> None:
        """Write down that these were reminded."""
        ...

    def reminders(self, tx: Transaction, meeting: MeetingId) -> list[Reminder]:
        """All of a meeting."""
        ...

    def reminded(self, tx: Transaction, person: str) -> list[tuple[MeetingId, Reminder]]:
        """All of a person, the newest first."""
        ...

    def refuse(self, tx: Transaction, device: str, counts: Mapping[str, int], *, at: dt.datetime) -> None:
        """Count what was not taken."""
        ...

    def refused(self, tx: Transaction) -> list[Refused]:
        """Of all devices, the newest first."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The same, if ``actor`` may see the meeting; raises NoSuchMeeting, NotAllowed."""
        ...

    def events(self, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The events above a number."""
        ...

    def among(self, phases: Collection[str]) -> Sequence[MeetingRow]:
        """The meetings in these phases, without rehearsals."""
        ...


class Accounts(Protocol):
    """The people of the house."""

    def accounts_of(self, tx: Transaction, people: Collection[str]) -> Sequence[Account]:
        """Those of ``people`` who have one."""
        ...


class Papers(Protocol):
    """The versions of papers."""

    def find(self, tx: Transaction, version: PaperVersion) -> StoredVersion | None:
        """The version, None when there is none."""
        ...


class Stood(Protocol):
    """Where terminals stood."""

    def labels_of(self, tx: Transaction, meeting: MeetingId) -> Mapping[str, str]:
        """The names of the seats at which devices held the meeting."""
        ...

    def seats_of(self, tx: Transaction, device: DeviceId, meeting: MeetingId) -> frozenset[str]:
        """The seats at which the device was given a key of the meeting."""
        ...


class AdminLog(Protocol):
    """The record of what is done in the house."""

    def record(self, tx: Transaction, kind: str, data: dict[str, Any], *, actor: str, now: dt.datetime) -> AdminEvent:
        """One more entry, there when ``tx`` is committed."""
        ...
