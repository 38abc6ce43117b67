"""The administrators' log in the database: table ``admin_events``.

Rules: rows are only added; the primary key lets one writer alone take a number.

Usage: ``SqlAuditStore().add(tx, event)``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    Text,
    func,
    literal_column,
    select,
    text,
)

from server.audit.model import AdminEvent, hash_of
from server.db.metadata import Moment, metadata
from wire.errors import WireError

EVENTS: Final = Table(
    "admin_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("kind", String(60), nullable=False, index=True),
    Column("data", Text, nullable=False),
    Column("before", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
#: A quote within a text is written with a backslash before it: no text looks like this. There is an index on just these
#: words (migration 0035).
_MEETING: Final = {
    "sqlite": """substr(data, instr(data, '"meeting": "') + 12, 18)""",
    "postgresql": """substr(data, strpos(data, '"meeting": "') + 12, 18)""",
}


class SqlAuditStore:
    """The port :class:`server.audit.ports.AuditStore` in SQL."""

    def last(self, tx: Connection) -> AdminEvent | None:
        """The newest; nobody else writes one until the transaction ends."""
        if tx.dialect.name == "postgresql":
            # SQLite has one writer anyway; readers are not kept out.
            tx.execute(text("LOCK TABLE admin_events IN SHARE ROW EXCLUSIVE MODE"))
        row = tx.execute(select(EVENTS).order_by(EVENTS.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else _event(row)

    def add(self, tx: Connection, event: AdminEvent) -> None:
        """Keep it."""
        tx.execute(
            EVENTS.insert().values(
                number=event.number,
                at=event.at,
                actor=event.actor,
                kind=event.kind,
                data=json.dumps(event.data, ensure_ascii=False, sort_keys=True),
                before=event.before,
                hash=event.hash,
            )
        )

    def newest(self, tx: Connection, *, kinds: Sequence[str], limit: int) -> Sequence[AdminEvent]:
        """The newest of some kinds, newest first."""
        wanted = select(EVENTS).where(EVENTS.c.kind.in_(kinds)).order_by(EVENTS.c.number.desc()).limit(limit)
        return [_event(row) for row in tx.execute(wanted)]

    def newest_of(self, tx: Connection, kind: str, meeting: str) -> AdminEvent | None:
        """The newest of a kind whose data names a meeting as ``meeting``, and as no other name before it."""
        named: ColumnElement[str] = literal_column(_MEETING[tx.dialect.name])
        wanted = select(EVENTS).where(EVENTS.c.kind == kind, named == meeting).order_by(EVENTS.c.number.desc())
        return next((each for each in map(_event, tx.execute(wanted)) if each.data.get("meeting") == meeting), None)

    def all(self, tx: Connection) -> Sequence[AdminEvent]:
        """All, the oldest first."""
        return [_event(row) for row in tx.execute(select(EVENTS).order_by(EVENTS.c.number))]

    def some(self, tx: Connection, numbers: Collection[int]) -> Iterator[AdminEvent | None]:
        """Those of these numbers that are there; None for one that cannot be read."""
        for row in tx.execute(select(EVENTS).where(EVENTS.c.number.in_(list(numbers)))):
            try:
                yield _event(row)
            except ValueError:
                yield None

    def ends(self, tx: Connection) -> tuple[int, int] | None:
        """The lowest and the highest number; None while there is nothing."""
        low, high = tx.execute(select(func.min(EVENTS.c.number), func.max(EVENTS.c.number))).one()
        return None if low is None else (low, high)

    def outside(self, tx: Connection, last: int, *, limit: int) -> Sequence[int]:
        """Numbers that are none of 1 … ``last``."""
        wanted = select(EVENTS.c.number).where((EVENTS.c.number < 1) | (EVENTS.c.number > last))
        return list(tx.execute(wanted.order_by(EVENTS.c.number).limit(limit)).scalars())

    def hashes(self, tx: Connection, *, wanted: Collection[int] | None = None) -> Iterator[tuple[int, str]]:
        """Number and computed hash of every row (or those ``wanted``), empty for one that cannot be read.

        For a check of the record.
        """
        query = select(EVENTS).order_by(EVENTS.c.number)
        for row in tx.execute(query if wanted is None else query.where(EVENTS.c.number.in_(list(wanted)))):
            try:
                yield row.number, hash_of(_event(row))
            except (ValueError, WireError):
                yield row.number, ""


def _event(row: Any) -> AdminEvent:
    return AdminEvent(row.number, row.at, row.actor, row.kind, json.loads(row.data), row.before, row.hash)
