"""Units in the database.

Rules: ``parent`` and ``into`` are held by the tree's own rules, which look at all units before one is written.

Usage: ``SqlUnitStore().units(connection)``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, Row, String, Table, Text, select, text

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.units.model import MAX_CODE, MAX_NAME, Unit

UNITS: Final = Table(
    "units",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("code", String(MAX_CODE), nullable=False, unique=True),
    Column("name", String(MAX_NAME), nullable=False),
    Column("parent", String(18), nullable=True),
    Column("place", Integer, nullable=False),
    Column("head", String(18), nullable=True),
    #: a JSON list of people
    Column("deputies", Text, nullable=False),
    Column("closed_at", Moment, nullable=True),
    Column("into", String(18), nullable=True),
    Column("revision", Integer, nullable=False),
)


class SqlUnitStore:
    """The ``UnitStore`` of both databases."""

    def units(self, tx: Connection, *, to_change: bool = False) -> Sequence[Unit]:
        """All; ``to_change``: nobody else changes the tree until the transaction ends."""
        if to_change and tx.dialect.name == "postgresql":
            # SQLite has one writer anyway; readers are not kept out.
            tx.execute(text("LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE"))
        return [_unit(row) for row in tx.execute(select(UNITS).order_by(UNITS.c.id))]

    def put(self, tx: Connection, unit: Unit) -> None:
        """From now on it is this; new when nobody has its id."""
        values = {
            "id": unit.id,
            "code": unit.code,
            "name": unit.name,
            "parent": unit.parent,
            "place": unit.place,
            "head": unit.head,
            "deputies": json.dumps(unit.deputies),
            "closed_at": unit.closed_at,
            "into": unit.into,
            "revision": unit.revision,
        }
        tx.execute(upsert(tx, UNITS, values=values, key=("id",)))


def _unit(row: Row[Any]) -> Unit:
    deputies = tuple(json.loads(row.deputies))
    led = {"head": row.head, "deputies": deputies}
    over = {"closed_at": row.closed_at, "into": row.into}
    return Unit(row.id, row.code, row.name, row.parent, row.place, **led, **over, revision=row.revision)
