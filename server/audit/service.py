"""Writes and reads the administrators' log.

Rules: ``record`` is called inside the transaction of the change; the entry's leaf of the record comes with it (L1).

Usage::

    with unit.begin() as tx:
        store.change(tx, …)
        log.record(tx, "anchor_added", {"fingerprint": …}, actor="person:u-…", now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.audit import model
from server.audit.model import AdminEvent
from server.audit.ports import AuditStore, Record
from server.unit import Transaction, UnitOfWork
from wire.entries import HOUSE, Entry


@dataclass(frozen=True, slots=True)
class AdminLog:
    """All entries."""

    unit: UnitOfWork
    store: AuditStore
    kept: Record

    def record(self, tx: Transaction, kind: str, data: dict[str, Any], *, actor: str, now: dt.datetime) -> AdminEvent:
        """One more entry, there when ``tx`` is committed."""
        event = model.follow(self.store.last(tx), kind=kind, data=data, actor=actor, at=now)
        self.store.add(tx, event)
        self.kept.add(tx, [Entry(HOUSE, event.number, event.hash)])
        return event

    def newest(self, *kinds: str, limit: int) -> Sequence[AdminEvent]:
        """The newest of some kinds, newest first."""
        with self.unit.read() as tx:
            return self.store.newest(tx, kinds=kinds, limit=limit)

    def newest_of(self, tx: Transaction, kind: str, meeting: str) -> AdminEvent | None:
        """The newest of a kind that names this meeting, however many came after it."""
        return self.store.newest_of(tx, kind, meeting)

    def broken_at(self) -> int | None:
        """The first entry that was changed, removed or put in by somebody else; None when there is none."""
        with self.unit.read() as tx:
            return model.broken_at(self.store.all(tx))
