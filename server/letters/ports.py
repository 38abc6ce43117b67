"""What the issued documents need from outside.

Usage: ``store.save(tx, after, before=letter)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from server.documents.model import Document
from server.idempotency.service import ActKey
from server.identity.model import Account, Actor
from server.letters.model import Letter
from server.meetings.model import Draft, Log
from server.meetings.ports import MeetingRow
from server.signing.model import Round
from server.signing.numbers import Number
from server.unit import Transaction
from server.workdays.model import Deadlines
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole


class LetterStore(Protocol):
    """All documents of all meetings."""

    def add(self, tx: Transaction, letter: Letter) -> None:
        """A new draft."""
        ...

    def find(self, tx: Transaction, letter: str) -> Letter | None:
        """By id."""
        ...

    def save(self, tx: Transaction, after: Letter, *, before: Letter) -> bool:
        """Write ``after`` if the letter still is ``before``: same stage and revision; whether it was."""
        ...

    def of_meeting(self, tx: Transaction, meeting: str) -> Sequence[Letter]:
        """All but the dropped ones, the newest first."""
        ...

    def signing(self, tx: Transaction) -> Sequence[Letter]:
        """Those that are put up, of all meetings, the oldest first."""
        ...

    def drafts(self, tx: Transaction) -> Sequence[Letter]:
        """Of all meetings, the oldest first."""
        ...

    def inviting(self, tx: Transaction) -> Sequence[Letter]:
        """Invitations that are put up or issued, of all meetings."""
        ...

    def unopened(self, tx: Transaction, person: str, *, since: dt.datetime) -> Sequence[Letter]:
        """Notices and resolutions of all meetings, issued ``since`` then, whose file the person has not had."""
        ...

    def open(self, tx: Transaction, round_id: str, person: str, *, at: dt.datetime) -> None:
        """The person has the file that this round signed; nothing where it is of no issued document."""
        ...

    def of_rounds(self, tx: Transaction, rounds: Sequence[str]) -> Sequence[Letter]:
        """The letters that these rounds sign."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def meetings_of(self, actor: Actor) -> Sequence[tuple[MeetingRow, MemberRole | None]]:
        """The meetings one may see, with one's role in each."""
        ...

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
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

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def people(self) -> Sequence[Account]:
        """All of them."""
        ...


class Calendar(Protocol):
    """The house's working days."""

    def deadlines(self, meeting: dt.date, *, closed: dt.date | None) -> Deadlines:
        """Until when something is in time."""
        ...


class Tasks(Protocol):
    """What was given at meetings."""

    def printed(self, meeting: MeetingId, *, now: dt.datetime) -> list[tuple[str, str, tuple[str, ...], str]]:
        """What, who leads, who helps, until when: of what everybody may know of."""
        ...


class Numbers(Protocol):
    """What the register has given."""

    def of(self, tx: Transaction, round_id: str) -> Number | None:
        """The number of a paper; None before it has one."""
        ...


class Rounds(Protocol):
    """The tables of signing."""

    def find(self, tx: Transaction, round_id: str) -> Round | None:
        """With its signers."""
        ...


class Setter(Protocol):
    """Sets documents."""

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...
