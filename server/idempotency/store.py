"""Acts in the database: table ``acts``.

Rules: the primary key decides who was first.

Usage: ``SqlActLedger().find(connection, act)``.
"""

from __future__ import annotations

import json

from sqlalchemy import Column, Connection, String, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.idempotency.ports import ActTaken, DoneAct

acts = Table(
    "acts",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("actor", String(80), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False),
)


class SqlActLedger:
    """The ``ActLedger`` of both databases."""

    def find(self, tx: Connection, act: str) -> DoneAct | None:
        """The act of this key, if it was performed."""
        row = tx.execute(select(acts).where(acts.c.id == act)).one_or_none()
        if row is None:
            return None
        return DoneAct(row.id, row.actor, row.kind, row.fingerprint, json.loads(row.answer), row.at)

    def add(self, tx: Connection, done: DoneAct) -> None:
        """Keep it; raises ``ActTaken`` when another transaction kept the key first."""
        values = {
            "id": done.act,
            "actor": done.actor,
            "kind": done.kind,
            "fingerprint": done.fingerprint,
            "answer": json.dumps(done.answer, ensure_ascii=False),
            "at": done.at,
        }
        try:
            tx.execute(insert(acts).values(values))
        except IntegrityError as taken:
            raise ActTaken(done.act) from taken
