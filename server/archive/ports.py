"""What the archive needs from outside.

Usage: ``store.find(tx, "m-…")``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from server.archive.model import Filed, Transfer
from server.meetings.ports import MeetingRow
from server.unit import Transaction
from wire.ids import MeetingId
from wire.state import MeetingState


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...

    def among(self, phases: Collection[str]) -> Sequence[MeetingRow]:
        """The meetings in these phases, without rehearsals."""
        ...


class ArchiveStore(Protocol):
    """Dossiers that were made up, and the lists with which they were handed over."""

    def hold(self, tx: Transaction) -> None:
        """Nobody else gives a number until the transaction ends."""
        ...

    def next_number(self, tx: Transaction, year: int) -> int:
        """The last of the year and one."""
        ...

    def add(self, tx: Transaction, filed: Filed) -> None:
        """A new one."""
        ...

    def find(self, tx: Transaction, meeting: str) -> Filed | None:
        """Of a meeting."""
        ...

    def save(self, tx: Transaction, after: Filed, *, before: Filed) -> bool:
        """Write ``after`` if it still is ``before``; whether it was."""
        ...

    def all(self, tx: Transaction) -> Sequence[Filed]:
        """The newest first."""
        ...

    def of_transfer(self, tx: Transaction, number: int) -> Sequence[Filed]:
        """In the order of their numbers."""
        ...

    def add_transfer(self, tx: Transaction, transfer: Transfer, meetings: Collection[str]) -> None:
        """A new list of these."""
        ...

    def next_transfer(self, tx: Transaction) -> int:
        """The last and one."""
        ...

    def transfer(self, tx: Transaction, number: int) -> Transfer | None:
        """By number; nobody else changes it until the transaction ends."""
        ...

    def save_transfer(self, tx: Transaction, transfer: Transfer) -> None:
        """From now on it is this."""
        ...

    def free(self, tx: Transaction, number: int) -> None:
        """The dossiers of a list stand in none."""
        ...

    def transfers(self, tx: Transaction) -> Sequence[Transfer]:
        """The newest first."""
        ...
