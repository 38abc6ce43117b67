"""What requests for papers need from outside.

Usage: ``RequestService(...)`` in ``server/assembly/requests.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from server.idempotency.service import ActKey
from server.identity.model import Account, Actor
from server.meetings.model import Draft, Log
from server.meetings.ports import MeetingRow
from server.unit import Transaction
from server.workdays.model import Deadlines
from wire.ids import MeetingId
from wire.state import MeetingState


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The same, if ``actor`` may see the meeting; raises NoSuchMeeting, NotAllowed."""
        ...

    def among(self, phases: Collection[str]) -> Sequence[MeetingRow]:
        """The meetings in these phases, without rehearsals."""
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
        """Append what ``decide`` gives; the answer is ``{seq}`` and what ``also`` adds."""
        ...


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def check_enabled(self, person: str, *, now: dt.datetime) -> None:
        """Raise AccountDisabled or NoSuchPerson unless the person may act."""
        ...


class Units(Protocol):
    """The house's units."""

    def name(self, unit: str) -> str:
        """Of an open unit; raises NoSuchUnit, UnitClosed."""
        ...

    def answered_by(self, person: str, *, now: dt.datetime) -> frozenset[str]:
        """The units for which this person hands papers in, those that were merged into them too."""
        ...


class Calendar(Protocol):
    """The house's working days."""

    def deadlines(self, meeting: dt.date, *, closed: dt.date | None) -> Deadlines:
        """Until when something is in time."""
        ...

    def is_worked(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        ...

    def before(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day before ``day``."""
        ...
