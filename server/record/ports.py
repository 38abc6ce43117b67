"""Where the record is kept, and what it asks of others.

Rules: leaves, nodes and checkpoints are only added.

Usage: ``RecordService(Tools(...))`` in ``server/assembly/record.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from server.record.model import Seen, Signed
from server.unit import Transaction
from wire.entries import Entry
from wire.merkle import Edge, Node, Nodes


class RecordStore(Protocol):
    """The tables whose names begin with ``record``."""

    def append(self, tx: Transaction, entries: Sequence[Entry]) -> Edge:
        """Add leaves; nobody else does until the transaction ends."""
        ...

    def hold(self, tx: Transaction) -> Edge:
        """The right edge; nobody else appends until the transaction ends."""
        ...

    def edge(self, tx: Transaction) -> Edge:
        """The right edge as it is now."""
        ...

    def nodes(self, tx: Transaction) -> Nodes:
        """Reads the roots of complete subtrees; what is not there is a LookupError."""
        ...

    def all_nodes(self, tx: Transaction) -> Iterator[Node]:
        """Every kept subtree above the leaves."""
        ...

    def entries(self, tx: Transaction, *, log: str | None = None) -> Iterator[tuple[int, Entry]]:
        """The leaves by number, of one log or of all."""
        ...

    def newest(self, tx: Transaction, *, before: int | None, log: str, limit: int) -> Iterator[tuple[int, Entry]]:
        """Leaves below ``before`` (None: all), of one log or (empty) of all, the newest first."""
        ...

    def span(self, tx: Transaction, at: int, *, limit: int) -> Sequence[tuple[int, Entry]]:
        """At most so many leaves from number ``at`` on."""
        ...

    def last_seqs(self, tx: Transaction, logs: Collection[str], *, below: int | None) -> dict[str, int]:
        """The highest number that the leaves (before the one numbered ``below``) have of each log that has any."""
        ...

    def nodes_between(self, tx: Transaction, low: int, high: int) -> Iterator[Node]:
        """The kept subtrees above the leaves that leaves ``low … high - 1`` complete."""
        ...

    def nodes_beyond(self, tx: Transaction, size: int, *, limit: int) -> Sequence[Node]:
        """Kept subtrees that a tree of ``size`` leaves does not have."""
        ...

    def signed_between(self, tx: Transaction, low: int, high: int | None) -> Sequence[Signed]:
        """Checkpoints of more than ``low`` and at most ``high`` leaves (None: any more), the smallest first."""
        ...

    def number_of(self, tx: Transaction, log: str, seq: int) -> int | None:
        """Where an event's leaf is, the first if somebody put in another; None when there is none."""
        ...

    def add_signed(self, tx: Transaction, signed: Signed) -> None:
        """Keep a checkpoint."""
        ...

    def newest_signed(self, tx: Transaction) -> Signed | None:
        """The one of the largest size."""
        ...

    def all_signed(self, tx: Transaction) -> Sequence[Signed]:
        """All, the smallest first."""
        ...

    def set_seen(self, tx: Transaction, seen: Seen) -> None:
        """What a terminal said last."""
        ...

    def all_seen(self, tx: Transaction) -> Sequence[Seen]:
        """Of all terminals."""
        ...


class Logs(Protocol):
    """The events themselves, as they lie there: a check trusts nothing that the application read before."""

    def all(self, tx: Transaction) -> Iterable[tuple[str, int, str]]:
        """Every row: its log, its number, and the hash computed from its content, empty when it cannot be read."""
        ...

    def these(self, tx: Transaction, entries: Sequence[Entry]) -> Iterable[tuple[str, int, str]]:
        """The same of the rows that these leaves speak of."""
        ...

    def ends(self, tx: Transaction, *, after: str, limit: int) -> Sequence[tuple[str, int, int]]:
        """Logs behind ``after`` in the order of their names, each with its lowest and highest number."""
        ...

    def outside(self, tx: Transaction, log: str, last: int, *, limit: int) -> Sequence[int]:
        """Numbers of rows of a log that are none of 1 … ``last``."""
        ...


class Keep(Protocol):
    """One more place for the newest checkpoint, beside the database."""

    def read(self) -> bytes | None:
        """The note that was kept last."""
        ...

    def write(self, note: bytes) -> None:
        """Keep it, durably."""
        ...

    def set_aside(self) -> None:
        """Keep the newest note as evidence somewhere else; nothing is held to it any more."""
        ...
