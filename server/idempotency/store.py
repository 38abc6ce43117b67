"""Acts in the database: table ``acts``.

Rules: the primary key decides who was first.

Usage: ``SqlActLedger().find(connection, act)``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Column, Connection, String, Table, Text, column, delete, insert, select, table
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.idempotency.ports import ActTaken, DoneAct
from wire.phases import HOLDING, PREPARING

acts = Table(
    "acts",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("actor", String(80), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("meeting", String(18), nullable=True),
)
#: The table of another feature, only read here.
_MEETINGS: Final = table("meetings", column("id"), column("phase"))
_GOING_ON: Final = tuple(sorted(PREPARING | HOLDING))


class SqlActLedger:
    """The ``ActLedger`` of both databases."""

    def find(self, tx: Connection, act: str) -> DoneAct | None:
        """The act of this key, if it was performed."""
        return self.find_all(tx, [act]).get(act)

    def find_all(self, tx: Connection, keys: Collection[str]) -> dict[str, DoneAct]:
        """Those of these keys that were performed."""
        found = tx.execute(select(acts).where(acts.c.id.in_(list(keys))))
        return {
            row.id: DoneAct(row.id, row.actor, row.kind, row.fingerprint, json.loads(row.answer), row.at, row.meeting)
            for row in found
        }

    def add(self, tx: Connection, done: DoneAct) -> None:
        """Keep it; raises ``ActTaken`` when another transaction kept the key first."""
        self.add_all(tx, [done])

    def add_all(self, tx: Connection, done: Sequence[DoneAct]) -> None:
        """Keep all; raises ``ActTaken`` when another transaction kept one of the keys first."""
        rows = [
            {
                "id": each.act,
                "actor": each.actor,
                "kind": each.kind,
                "fingerprint": each.fingerprint,
                "answer": json.dumps(each.answer, ensure_ascii=False),
                "at": each.at,
                "meeting": each.meeting,
            }
            for each in done
        ]
        try:
            tx.execute(insert(acts), rows)
        except IntegrityError as taken:
            raise ActTaken(", ".join(each.act for each in done)) from taken

    def prune(self, tx: Connection, *, before: dt.datetime, limit: int) -> int:
        """Drop at most ``limit`` acts from before a moment, none of a meeting that goes on; how many."""
        going_on = select(_MEETINGS.c.id).where(_MEETINGS.c.phase.in_(_GOING_ON))
        old = (acts.c.at < before) & (acts.c.meeting.is_(None) | acts.c.meeting.not_in(going_on))
        found = select(acts.c.id).where(old).order_by(acts.c.at).limit(limit)
        return tx.execute(delete(acts).where(acts.c.id.in_(found))).rowcount
