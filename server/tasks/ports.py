"""What tasks need from outside.

Usage: ``store.save(tx, task)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from server.idempotency.service import ActKey
from server.identity.model import Account, Actor
from server.meetings.model import Draft, Log
from server.meetings.ports import MeetingRow
from server.tasks.model import Evidence, Line, Task
from server.unit import Transaction
from server.units.model import Tree
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole
from wire.topics import PaperVersion


class TaskStore(Protocol):
    """All tasks, their histories and files."""

    def hold(self, tx: Transaction, task: str) -> Task | None:
        """By id; nobody else changes it until the transaction ends."""
        ...

    def find(self, tx: Transaction, task: str) -> Task | None:
        """By id."""
        ...

    def all(self, tx: Transaction) -> Sequence[Task]:
        """Every task, the nearest deadline first."""
        ...

    def add(self, tx: Transaction, task: Task) -> None:
        """A new one."""
        ...

    def save(self, tx: Transaction, task: Task) -> None:
        """From now on it is this."""
        ...

    def write(self, tx: Transaction, task: str, line: Line) -> None:
        """One more line of its history."""
        ...

    def lines(self, tx: Transaction, task: str) -> Sequence[Line]:
        """Its history, the oldest line first."""
        ...

    def put_file(self, tx: Transaction, evidence: Evidence) -> None:
        """One more file."""
        ...

    def files(self, tx: Transaction, task: str) -> Sequence[Evidence]:
        """Its files, the oldest first."""
        ...

    def versions(self, tx: Transaction) -> set[PaperVersion]:
        """All files there are."""
        ...

    def take(self, tx: Transaction, meeting: str, item: str, *, tasks: Collection[str]) -> None:
        """These stand in the agenda of a meeting now, under ``item``."""
        ...

    def taken(self, tx: Transaction, meetings: Collection[str]) -> Sequence[tuple[str, str, str]]:
        """Meeting, item and task of what stands in the agendas of ``meetings``."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...

    def meetings_of(self, actor: Actor) -> Sequence[tuple[MeetingRow, MemberRole | None]]:
        """The meetings one may see, with one's role in each."""
        ...

    def change(
        self,
        meeting: MeetingId,
        *,
        actor: str,
        now: dt.datetime,
        decide: Callable[[Log], Sequence[Draft]],
        key: ActKey | None = None,
        also: Callable[[Transaction, MeetingState], dict[str, Any] | None] | None = None,
    ) -> dict[str, Any]:
        """Append what ``decide`` gives; ``also`` writes with the same commit."""
        ...


class People(Protocol):
    """Accounts."""

    def people(self) -> Sequence[Account]:
        """All of them."""
        ...

    def enabled_of(self, people: Collection[str], *, now: dt.datetime) -> frozenset[str]:
        """Those who may sign in."""
        ...


class Units(Protocol):
    """The tree of units."""

    def tree(self) -> Tree:
        """All units."""
        ...


class Calendar(Protocol):
    """The house's working days."""

    def is_worked(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        ...

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many working days lie from ``first`` to ``last``, both counted."""
        ...
