"""The figures of meetings in the database (table ``meeting_figures``).

Rules: a row says up to which event it was counted, and by which rules. It may be lost; it is counted from the logs
again.

Usage: ``SqlFigureStore().kept(tx, period)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, String, Table, Text, select

from server.db.metadata import metadata
from server.db.upsert import upsert
from server.reports.model import Period
from server.reports.ports import Head, Kept

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
_HEAD: Final = (FIGURES.c.meeting, FIGURES.c.seq, FIGURES.c.version)
#: SQLite takes some hundreds of values in one question.
_PORTION: Final = 500


class SqlFigureStore:
    """The port :class:`server.reports.ports.FigureStore` in SQL."""

    def kept(self, tx: Connection, period: Period) -> Sequence[Head]:
        """Of meetings that were to begin in it."""
        query = select(*_HEAD).where(FIGURES.c.day >= period.first, FIGURES.c.day <= period.last)
        return [Head._make(row) for row in tx.execute(query)]

    def bodies(self, tx: Connection, heads: Collection[Head]) -> Iterator[tuple[Head, str]]:
        """The figures of these."""
        wanted = set(heads)
        meetings = [head.meeting for head in wanted]
        for start in range(0, len(meetings), _PORTION):
            portion = FIGURES.c.meeting.in_(meetings[start : start + _PORTION])
            for *head, body in tx.execute(select(*_HEAD, FIGURES.c.body).where(portion)):
                if (found := Head._make(head)) in wanted:
                    yield found, body

    def put(self, tx: Connection, kept: Kept) -> None:
        """In place of what is there."""
        tx.execute(upsert(tx, FIGURES, values=kept._asdict(), key=("meeting",)))
