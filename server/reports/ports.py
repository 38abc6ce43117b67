"""What reports need from outside.

Usage: ``store.kept(tx, period)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol

from server.agency.model import House
from server.documents.model import Document
from server.identity.model import Account, Actor
from server.meetings.ports import MeetingRow
from server.reports.model import Period
from server.unit import Transaction
from server.units.model import Tree
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole


class Kept(NamedTuple):
    """Figures as they are kept. ``seq``: the newest event they were counted from; ``version``: of what is counted."""

    meeting: str
    day: dt.date
    seq: int
    version: int
    body: str


class Head(NamedTuple):
    """What figures are kept, without them: two with the same head are the same figures."""

    meeting: str
    seq: int
    version: int


class FigureStore(Protocol):
    """The figures of every meeting that is over, counted once."""

    def kept(self, tx: Transaction, period: Period) -> Sequence[Head]:
        """Of which meetings that were to begin in it there are figures."""
        ...

    def bodies(self, tx: Transaction, heads: Collection[Head]) -> Iterator[tuple[Head, str]]:
        """The figures of these, as far as they are still kept so."""
        ...

    def put(self, tx: Transaction, kept: Kept) -> None:
        """In place of what is there."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def among(self, phases: Collection[str]) -> Sequence[MeetingRow]:
        """The meetings in these phases, the newest start first, without rehearsals."""
        ...

    def meetings_of(self, actor: Actor) -> Sequence[tuple[MeetingRow, MemberRole | None]]:
        """The meetings one may see, with one's role in each."""
        ...

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId) -> Sequence[Event]:
        """The whole log; raises NoSuchMeeting."""
        ...


class People(Protocol):
    """Accounts."""

    def people(self) -> Sequence[Account]:
        """All of them."""
        ...


class Units(Protocol):
    """The tree of units."""

    def tree(self) -> Tree:
        """All units."""
        ...


class Office(Protocol):
    """How documents of the office are made."""

    def house(self) -> House:
        """How the agency is named; raises AgencyUnknown."""
        ...

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...
