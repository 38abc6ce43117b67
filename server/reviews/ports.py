"""What looking accounts over needs from outside.

Usage: ``store.sign_ins(tx, person, limit=100)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from server.identity.model import Account
from server.identity.sign_ins import SignIn
from server.reviews.model import Round
from server.unit import Transaction


class ReviewStore(Protocol):
    """Sign-ins, rounds and what was confirmed in them."""

    def add_sign_in(self, tx: Transaction, sign_in: SignIn) -> None:
        """Keep it."""
        ...

    def sign_ins(self, tx: Transaction, person: str | None, *, limit: int) -> Sequence[SignIn]:
        """The newest of a person, or of everybody."""
        ...

    def forget_sign_ins(self, tx: Transaction, *, before: dt.datetime) -> int:
        """Drop older ones; how many."""
        ...

    def newest(self, tx: Transaction) -> Round | None:
        """The newest round; nobody else changes it until the transaction ends."""
        ...

    def put_round(self, tx: Transaction, found: Round) -> None:
        """From now on it is this."""
        ...

    def confirm(self, tx: Transaction, number: int, person: str, *, by: str, at: dt.datetime) -> None:
        """The account is still needed; again is fine."""
        ...

    def confirmed(self, tx: Transaction, number: int) -> Mapping[str, tuple[str, dt.datetime]]:
        """Account → by whom and when, of one round."""
        ...


class People(Protocol):
    """The accounts."""

    def people(self) -> Sequence[Account]:
        """All, by name."""
        ...

    def with_factor(self) -> frozenset[str]:
        """The people who have a second factor."""
        ...


class Certificates(Protocol):
    """The certificates that are enrolled."""

    def holders(self) -> Collection[str]:
        """One entry a certificate: whose it is; those that were withdrawn or revoked aside."""
        ...
