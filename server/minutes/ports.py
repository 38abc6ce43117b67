"""What the minutes need from outside.

Usage: ``store.sheet(tx, meeting)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.identity.model import Account
from server.minutes.document import Writing
from server.minutes.model import Change, Comment, Sheet
from server.unit import Transaction
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class Line:
    """One change of the history. ``was``: what stood there before."""

    number: int
    change: Change
    writing: Writing
    was: str


class MinutesStore(Protocol):
    """Keeps what people write."""

    def hold(self, tx: Transaction, meeting: MeetingId) -> Sheet:
        """The sheet, and nobody else changes these minutes until the transaction ends."""
        ...

    def sheet(self, tx: Transaction, meeting: MeetingId) -> Sheet | None:
        """As it is; None before anybody wrote anything."""
        ...

    def save(self, tx: Transaction, meeting: MeetingId, sheet: Sheet) -> None:
        """From now on this."""
        ...

    def writings(self, tx: Transaction, meeting: MeetingId) -> Sequence[Writing]:
        """The newest version of each paragraph somebody wrote."""
        ...

    def write(self, tx: Transaction, meeting: MeetingId, line: Line) -> None:
        """A new version of a paragraph, and its line of the history."""
        ...

    def history(self, tx: Transaction, meeting: MeetingId, paragraph: str | None = None) -> Sequence[Line]:
        """All changes, or those of a paragraph, the oldest first."""
        ...

    def comments(self, tx: Transaction, meeting: MeetingId) -> Sequence[Comment]:
        """All of them, the oldest first."""
        ...

    def put_comment(self, tx: Transaction, meeting: MeetingId, comment: Comment) -> None:
        """A new one, or a known one as it is now."""
        ...

    def shared(self, tx: Transaction) -> Sequence[tuple[MeetingId, Sheet]]:
        """Those that were ever shared for comments, with their sheets."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The log; raises NoSuchMeeting."""
        ...


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def people(self) -> Sequence[Account]:
        """All of them, by name."""
        ...


class Rounds(Protocol):
    """Where the minutes are signed."""

    def standing(self, round_id: str) -> tuple[bool, dt.datetime | None]:
        """Whether all have signed, and when it was over (None: it is not)."""
        ...
