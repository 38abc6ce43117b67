"""The unit of work: what is written together is written whole or not at all.

Rules: services get a :class:`UnitOfWork` and hand its transaction to the stores; what a transaction is, only stores
know (an SQLAlchemy ``Connection``), hence the alias. Whoever is to be told of a change is told after the block has
ended, never inside it. What all transactions have to wait for each other for is done last.

Usage::

    with unit.begin() as tx:
        store.add(tx, row)
    announcer.announce(...)
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

#: Opaque for services; for stores an ``sqlalchemy.Connection``.
Transaction: TypeAlias = Any


class UnitOfWork(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """A transaction that may write: committed at the end of the block, rolled back by an exception."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """A transaction that only reads; it never waits for a writer."""
        ...


class LastWrites(Protocol):
    """What all transactions have to wait for each other for."""

    def last(self, tx: Transaction, write: Callable[[Transaction], None]) -> None:
        """Have ``write`` done in the transaction ``tx`` after everything else, just before it is committed."""
        ...
