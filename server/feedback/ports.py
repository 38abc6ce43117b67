"""What the desk of faults and wishes needs from outside: its rows.

Usage: ``store.of_person(tx, "u-…")``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.feedback.model import Feedback
from server.unit import Transaction


class FeedbackStore(Protocol):
    """Faults and wishes."""

    def add(self, tx: Transaction, found: Feedback) -> None:
        """One more."""
        ...

    def save(self, tx: Transaction, found: Feedback) -> None:
        """From now on it is this."""
        ...

    def find(self, tx: Transaction, number: int) -> Feedback | None:
        """By number; nobody else changes it until the transaction ends."""
        ...

    def hold(self, tx: Transaction) -> None:
        """Nobody else adds one until the transaction ends."""
        ...

    def newest(self, tx: Transaction) -> int:
        """The highest number; 0 without any."""
        ...

    def all(self, tx: Transaction) -> Sequence[Feedback]:
        """What waits, and the newest of the rest."""
        ...

    def of_person(self, tx: Transaction, person: str) -> Sequence[Feedback]:
        """What somebody sent, the newest first."""
        ...
