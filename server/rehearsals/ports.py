"""What rehearsals need from other features.

Rules: whoever keeps something of a meeting in memory is told when a rehearsal is gone (:class:`Leaver`), after the
commit; it returns at once.

Usage: ``RehearsalService(Tools(...))`` in ``server/assembly/rehearsals.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from server.idempotency.service import ActKey
from server.meetings.model import Draft
from server.meetings.ports import Also, MeetingRow, Person
from server.meetings.service import Asked
from server.papers.copying import Copied
from server.unit import Transaction
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.topics import PaperVersion


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The events with numbers above ``after``."""
        ...

    def live(self) -> list[MeetingId]:
        """The meetings that go on."""
        ...

    def rehearsals(self) -> list[MeetingRow]:
        """All rehearsals there are."""
        ...

    def create_copy(
        self,
        drafts: Sequence[Draft],
        asked: Asked,
        *,
        key: ActKey,
        look: Callable[[Transaction], None],
        also: Also,
        meeting: MeetingId,
    ) -> dict[str, Any]:
        """A rehearsal from its first events."""
        ...

    def destroy(self, meeting: MeetingId, erase: Callable[[Transaction], None]) -> MeetingState:
        """Have a rehearsal deleted."""
        ...


class Papers(Protocol):
    """Copies papers."""

    def copy(self, source: PaperVersion, *, meeting: MeetingId, now: dt.datetime) -> Copied:
        """A copy, its file on the disk."""
        ...


class PaperRows(Protocol):
    """Keeps versions of papers."""

    def add(self, tx: Transaction, stored: Any) -> None:
        """Keep one."""
        ...


class Files(Protocol):
    """The encrypted files."""

    def discard(self, version: PaperVersion) -> None:
        """Remove one."""
        ...


class People(Protocol):
    """The accounts."""

    def person(self, person: str) -> Person:
        """By id; raises NoSuchPerson."""
        ...


class Journal(Protocol):
    """The administrators' log."""

    def record(self, tx: Transaction, kind: str, data: dict[str, Any], *, actor: str, now: dt.datetime) -> object:
        """One more entry, there when ``tx`` is committed."""
        ...


class Leaver(Protocol):
    """Forgets a meeting that is gone."""

    def meeting_gone(self, meeting: MeetingId, last: MeetingState) -> None:
        """``meeting`` was deleted; ``last`` is what it was."""
        ...
