"""The figures of meetings in the database (table ``meeting_figures``).

Rules: a row says up to which event it was counted, and by which rules. It may be lost; it is counted from the logs
again.

Usage: ``SqlFigureStore().kept(tx, period)``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, String, Table, Text, select

from server.db.metadata import metadata
from server.db.upsert import upsert
from server.reports.model import Period
from server.reports.ports import Kept

FIGURES = Table(
    "meeting_figures",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    # Of its planned beginning, in the house's time.
    Column("day", Date, nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
)


class SqlFigureStore:
    """The port :class:`server.reports.ports.FigureStore` in SQL."""

    def kept(self, tx: Connection, period: Period) -> Sequence[Kept]:
        """Those of meetings that were to begin in it."""
        day = FIGURES.c.day
        columns = (FIGURES.c.meeting, day, FIGURES.c.seq, FIGURES.c.version, FIGURES.c.body)
        rows = tx.execute(select(*columns).where(day >= period.first, day <= period.last))
        return [Kept._make(row) for row in rows]

    def put(self, tx: Connection, kept: Kept) -> None:
        """In place of what is there."""
        tx.execute(upsert(tx, FIGURES, values=kept._asdict(), key=("meeting",)))
