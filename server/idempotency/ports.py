"""Where acts are kept.

Rules: what is written stays; an act is written once.

Usage: ``ledger.find(tx, "a-…")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.unit import Transaction


@dataclass(frozen=True, slots=True)
class DoneAct:
    """An act that was performed: by whom, what, and what was answered (a JSON object)."""

    act: str
    actor: str
    kind: str
    fingerprint: str
    answer: dict[str, Any]
    at: dt.datetime
    #: the meeting it was about, None when it was about none
    meeting: str | None = None


class ActLedger(Protocol):
    """Keeps acts."""

    def find(self, tx: Transaction, act: str) -> DoneAct | None:
        """The act of this key, if it was performed."""
        ...

    def find_all(self, tx: Transaction, keys: Collection[str]) -> Mapping[str, DoneAct]:
        """Those of these keys that were performed."""
        ...

    def add(self, tx: Transaction, done: DoneAct) -> None:
        """Keep it; raises :class:`ActTaken` when another transaction kept the key first."""
        ...

    def add_all(self, tx: Transaction, done: Sequence[DoneAct]) -> None:
        """Keep all; raises :class:`ActTaken` when another transaction kept one of the keys first."""
        ...

    def prune(self, tx: Transaction, *, before: dt.datetime, limit: int) -> int:
        """Drop at most ``limit`` acts from before a moment, none of a meeting that goes on; how many."""
        ...


class ActTaken(Exception):
    """The same key was committed by somebody else meanwhile: roll back, look again."""
