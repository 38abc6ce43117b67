"""Where the administrators' log is kept.

Rules: what is written stays.

Usage: ``store.last(tx)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.audit.model import AdminEvent
from server.unit import Transaction
from wire.entries import Entry


class Record(Protocol):
    """The house's record of everything (L1)."""

    def add(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        """Leaves that are there when ``tx`` is committed."""
        ...


class AuditStore(Protocol):
    """The table of the log."""

    def last(self, tx: Transaction) -> AdminEvent | None:
        """The newest; nobody else writes one until the transaction ends."""
        ...

    def add(self, tx: Transaction, event: AdminEvent) -> None:
        """Keep it."""
        ...

    def newest(self, tx: Transaction, *, kinds: Sequence[str], limit: int) -> Sequence[AdminEvent]:
        """The newest of some kinds, newest first."""
        ...

    def newest_of(self, tx: Transaction, kind: str, meeting: str) -> AdminEvent | None:
        """The newest of a kind whose data names a meeting as ``meeting``."""
        ...

    def all(self, tx: Transaction) -> Sequence[AdminEvent]:
        """All, the oldest first."""
        ...
