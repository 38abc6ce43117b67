"""Deletes everything that the database keeps of one meeting.

Rules: every row of every table that belongs to the meeting – by a foreign key to it, to one of its papers or votes, or
by a column ``meeting`` – whichever feature the table is of: a feature that comes later is covered by what its table
says of itself. The metadata knows all tables; this module names none but the first.

Usage: ``erase(tx, "m-…")``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, tuple_

from server.db.metadata import metadata
from wire.ids import MeetingId

_ROOT: Final = "meetings"


def erase(tx: Connection, meeting: MeetingId) -> None:
    """Leave no row of ``meeting`` anywhere."""
    for table in reversed(metadata.sorted_tables):
        mine = belongs(table, meeting)
        if mine is not None:
            tx.execute(delete(table).where(mine))


def belongs(table: Table, meeting: MeetingId) -> ColumnElement[bool] | None:
    """Which rows of ``table`` are of ``meeting``; None when none can be."""
    if table.name == _ROOT:
        return table.c.id == meeting
    if "meeting" in table.c:
        return table.c.meeting == meeting
    # A key of several columns counts as a whole: one of them alone may be anybody's.
    ways = [
        tuple_(*key.columns).in_(select(*(each.column for each in key.elements)).where(above))
        for key in sorted(table.foreign_key_constraints, key=lambda each: each.referred_table.name)
        if (above := belongs(key.referred_table, meeting)) is not None
    ]
    return or_(*ways) if ways else None
