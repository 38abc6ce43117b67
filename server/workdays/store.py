"""Entered days in the database.

Usage: ``SqlDayStore().days(connection, first, last)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, Connection, String, Table, delete, select

from server.db.metadata import metadata
from server.db.upsert import upsert
from server.workdays.model import MAX_NAME, Day, Kind

#: Days as ``2026-09-02``: their order is that of the text, on both databases.
DAYS: Final = Table(
    "work_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(MAX_NAME), nullable=False),
)


class SqlDayStore:
    """The ``DayStore`` of both databases."""

    def days(self, tx: Connection, first: dt.date, last: dt.date) -> Sequence[Day]:
        """From ``first`` to ``last``, in their order."""
        span = DAYS.c.day.between(first.isoformat(), last.isoformat())
        rows = tx.execute(select(DAYS).where(span).order_by(DAYS.c.day))
        return [Day(dt.date.fromisoformat(row.day), Kind(row.kind), row.name) for row in rows]

    def put(self, tx: Connection, day: Day) -> None:
        """From now on ``day`` is this."""
        tx.execute(upsert(tx, DAYS, values=day.to_value(), key=("day",)))

    def drop(self, tx: Connection, day: dt.date) -> bool:
        """Nothing is entered for ``day`` any more; whether there was something."""
        return tx.execute(delete(DAYS).where(DAYS.c.day == day.isoformat())).rowcount > 0
