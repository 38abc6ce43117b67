"""What remarks and requests in advance need from outside.

Usage: ``BeforeService(...)`` in ``server/assembly/before.py``.
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


class Units(Protocol):
    """The house's units."""

    def answered_by(self, person: str, *, now: dt.datetime) -> frozenset[str]:
        """The units that this person answers for, those that were merged into them too."""
        ...
