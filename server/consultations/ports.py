"""What consultation slips need from outside.

Usage: ``store.save(tx, after, before=slip)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from server.agency.model import House
from server.consultations.model import HandIn, Paper, Recipient, Slip, Urn
from server.documents.model import Document
from server.identity.model import Account
from server.statements.service import Verified
from server.unit import Transaction
from wire.statement import SignedStatement


class SlipStore(Protocol):
    """All slips, who was asked, what they said, and the files."""

    def add(self, tx: Transaction, slip: Slip) -> None:
        """A new draft."""
        ...

    def find(self, tx: Transaction, slip: str, *, hold: str = "") -> Slip | None:
        """By id. ``hold``: ``share``: it stays as it is until the commit; ``change``: nobody else changes it either."""
        ...

    def save(self, tx: Transaction, after: Slip, *, before: Slip) -> bool:
        """Write ``after`` if the slip still is ``before``: same stage and revision; whether it was."""
        ...

    def all(self, tx: Transaction) -> Sequence[Slip]:
        """All but the dropped ones, the newest first."""
        ...

    def open(self, tx: Transaction) -> Sequence[Slip]:
        """Those that people are asked for now."""
        ...

    def of_person(self, tx: Transaction, person: str) -> Sequence[tuple[Slip, Recipient]]:
        """Those that were sent to somebody and not withdrawn, the newest first."""
        ...

    def due(self, tx: Transaction, now: dt.datetime) -> Sequence[str]:
        """Open ones whose deadline has passed."""
        ...

    def ask(self, tx: Transaction, recipients: Sequence[Recipient]) -> None:
        """These are asked."""
        ...

    def recipients(self, tx: Transaction, slip: str) -> Sequence[Recipient]:
        """In the order in which they were named."""
        ...

    def recipient(self, tx: Transaction, slip: str, person: str, *, hold: bool = False) -> Recipient | None:
        """One of them; ``hold``: nobody else changes them until the commit."""
        ...

    def put(self, tx: Transaction, recipient: Recipient) -> None:
        """Write what became of somebody."""
        ...

    def hand_in(self, tx: Transaction, handed: HandIn) -> None:
        """One more handing in."""
        ...

    def handed_in(self, tx: Transaction, slip: str, person: str | None = None) -> Sequence[HandIn]:
        """Of a slip, or of one person: by person and number."""
        ...

    def add_urn(self, tx: Transaction, slip: str, box: bytes) -> None:
        """Of a secret slip that is sent."""
        ...

    def urn(self, tx: Transaction, slip: str, *, hold: bool = False) -> Urn:
        """Of a slip, empty without one; ``hold``: nobody else changes it until the commit."""
        ...

    def given(self, tx: Transaction, slip: str) -> int:
        """How many were given a ballot."""
        ...

    def put_urn(self, tx: Transaction, urn: Urn) -> None:
        """Write it whole."""
        ...

    def add_paper(self, tx: Transaction, paper: Paper) -> None:
        """One more file."""
        ...

    def drop_paper(self, tx: Transaction, paper: str) -> None:
        """A file less."""
        ...

    def papers(self, tx: Transaction, slip: str) -> Sequence[Paper]:
        """The letter of submission first, then in their order."""
        ...

    def paper_ids(self, tx: Transaction) -> set[str]:
        """All that have a file."""
        ...


class Safe(Protocol):
    """Seals answers for the database."""

    def new_key(self) -> bytes:
        """A slip's key, wrapped."""
        ...

    def seal(self, key: bytes, value: Any, *, bound: tuple[str, ...]) -> bytes:
        """JSON under a slip's key."""
        ...

    def open(self, key: bytes, sealed: bytes, *, bound: tuple[str, ...]) -> Any:
        """The value; raises AnswerDamaged."""
        ...


class Urns(Protocol):
    """The keys of secret slips."""

    def make(self, slip: str) -> str:
        """Fresh ones, on the disk when it returns; gives the modulus, hexadecimal."""
        ...

    def sign(self, slip: str, blinded: bytes) -> bytes:
        """Blind; raises UrnLost, BadField."""
        ...

    def shut(self, slip: str, slots: bytes) -> bytes:
        """The urn for the database; raises UrnLost."""
        ...

    def open(self, slip: str, box: bytes) -> bytes:
        """What was shut; raises UrnLost."""
        ...

    def holds(self, slip: str) -> bool:
        """Whether they can be read now."""
        ...

    def destroy(self, slip: str) -> None:
        """For good; raises OSError."""
        ...

    def all(self) -> Sequence[str]:
        """The slips that have keys."""
        ...


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def disabled_of(self, people: Collection[str], *, now: dt.datetime) -> list[str]:
        """Those of ``people`` who may not act, in their order."""
        ...


class Statements(Protocol):
    """Signed acts."""

    def verify(self, signed: SignedStatement, *, person: str, now: dt.datetime) -> Verified:
        """That ``person`` signed it with a certificate that may sign now."""
        ...


class Office(Protocol):
    """The agency and its printer."""

    def house(self) -> House:
        """The description; raises AgencyUnknown."""
        ...

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...
