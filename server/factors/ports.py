"""What the second factor needs from outside: rows, a way to seal a secret, a log.

Rules: secrets are handed to a store sealed; codes as hashes.

Usage: ``store.factor(tx, person)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from server.factors.model import Factor
from server.unit import Transaction
from wire.secret import Secret


class FactorStore(Protocol):
    """Second factors and recovery codes."""

    def factor(self, tx: Transaction, person: str) -> Factor | None:
        """Of one person."""
        ...

    def is_active(self, tx: Transaction, person: str) -> bool:
        """Whether a secret of the person was confirmed."""
        ...

    def active(self, tx: Transaction) -> Sequence[str]:
        """All who have one."""
        ...

    def save(self, tx: Transaction, factor: Factor) -> None:
        """Keep or replace."""
        ...

    def take_step(self, tx: Transaction, person: str, step: int) -> bool:
        """Note the step of a code; False when it, or a later one, was taken before."""
        ...

    def set_codes(self, tx: Transaction, person: str, hashes: Sequence[str]) -> None:
        """Recovery codes in place of all there were."""
        ...

    def take_code(self, tx: Transaction, person: str, hashed: str, *, at: dt.datetime) -> bool:
        """Use one up; False when there is none, or it was used."""
        ...

    def codes_left(self, tx: Transaction, person: str) -> int:
        """How many are unused."""
        ...

    def drop(self, tx: Transaction, person: str) -> bool:
        """Forget the factor and its codes; whether there was one."""
        ...


class Sealer(Protocol):
    """The master key."""

    def wrap(self, key: Secret) -> bytes:
        """For the database."""
        ...

    def unwrap(self, wrapped: bytes) -> Secret:
        """The secret again."""
        ...
