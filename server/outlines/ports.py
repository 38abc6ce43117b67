"""What types, templates and series need from outside.

Usage: ``OutlineService(Tools(...))`` in ``server/assembly/outlines.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from server.identity.model import Account, Actor
from server.meetings.ports import MeetingRow
from server.meetings.service import Asked, NewItem, NewMeeting, Placed
from server.outlines.model import Kind, Outline
from server.unit import Transaction
from wire.ids import MeetingId
from wire.series import Series
from wire.state import MeetingState


class OutlineStore(Protocol):
    """The table of types and templates."""

    def all(self, tx: Transaction) -> Sequence[Outline]:
        """Those that were not put away, by name."""
        ...

    def find(self, tx: Transaction, outline: str) -> Outline | None:
        """By id, also one that was put away."""
        ...

    def named(self, tx: Transaction, kind: Kind, name: str) -> Outline | None:
        """Of this name, if it was not put away."""
        ...

    def add(self, tx: Transaction, outline: Outline) -> None:
        """A new one."""
        ...

    def save(self, tx: Transaction, after: Outline, *, before: Outline) -> bool:
        """Write ``after`` if it still is ``before``; whether it was."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The state, if ``actor`` may see the meeting; raises NoSuchMeeting, NotAllowed."""
        ...

    def among(self, phases: Collection[str]) -> Sequence[MeetingRow]:
        """The meetings in these phases, without rehearsals."""
        ...

    def create_whole(
        self,
        new: NewMeeting,
        placed: Sequence[Placed],
        items: Sequence[NewItem],
        *,
        series: Series | None,
        asked: Asked,
    ) -> dict[str, Any]:
        """A draft with all of it in one commit; gives ``{id, seq}``."""
        ...


class People(Protocol):
    """Accounts."""

    def people(self) -> Sequence[Account]:
        """All of them."""
        ...

    def enabled_of(self, people: Collection[str], *, now: dt.datetime) -> frozenset[str]:
        """Those who may act."""
        ...


class Calendar(Protocol):
    """The house's working days."""

    def is_worked(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        ...
