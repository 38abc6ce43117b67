"""Hand-overs in the database.

Usage: ``SqlHandoverStore().find(connection, 3)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)

from server.db.metadata import Moment, metadata
from server.handover.model import Handover, Holding, Kind, Line, State

HANDOVERS: Final = Table(
    "handovers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", String(18), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("by", String(18), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("done_at", Moment, nullable=True),
)
_COLUMNS: Final = ("number", "person", "name", "by", "by_name", "reason", "begun_at", "done_at")
LINES: Final = Table(
    "handover_lines",
    metadata,
    Column("handover", Integer, ForeignKey("handovers.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("thing", String(80), nullable=False),
    Column("part", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("to", String(18), nullable=False),
    Column("to_name", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("code", String(60), nullable=False),
)


class SqlHandoverStore:
    """The ``HandoverStore`` of both databases."""

    def add(self, tx: Connection, handover: Handover) -> None:
        """A new one with its lines."""
        values = {name: getattr(handover, name) for name in _COLUMNS}
        tx.execute(insert(HANDOVERS).values(values))
        self.add_lines(tx, handover.number, handover.lines)

    def add_lines(self, tx: Connection, number: int, lines: Sequence[Line]) -> None:
        """More lines of one."""
        if lines:
            tx.execute(insert(LINES), [_line_row(number, line) for line in lines])

    def hold(self, tx: Connection) -> None:
        """Nobody else begins one until the transaction ends."""
        if tx.dialect.name != "sqlite":
            tx.execute(text("LOCK TABLE handovers IN SHARE ROW EXCLUSIVE MODE"))

    def find(self, tx: Connection, number: int) -> Handover | None:
        """By number; nobody else changes it until the transaction ends."""
        wanted = select(HANDOVERS).where(HANDOVERS.c.number == number).with_for_update()
        row = tx.execute(wanted).one_or_none()
        if row is None:
            return None
        lines = tx.execute(select(LINES).where(LINES.c.handover == number).order_by(LINES.c.number))
        return _handover(row, tuple(_line(each) for each in lines))

    def newest(self, tx: Connection) -> int:
        """The highest number; 0 without any."""
        return int(tx.execute(select(func.coalesce(func.max(HANDOVERS.c.number), 0))).scalar_one())

    def all(self, tx: Connection) -> Sequence[Handover]:
        """Without their lines, the newest first."""
        return [_handover(row, ()) for row in tx.execute(select(HANDOVERS).order_by(HANDOVERS.c.number.desc()))]

    def put_line(self, tx: Connection, number: int, line: Line) -> None:
        """What became of a line."""
        of_line = (LINES.c.handover == number) & (LINES.c.number == line.number)
        tx.execute(update(LINES).where(of_line).values(state=line.state.value, code=line.code))

    def end(self, tx: Connection, number: int, at: dt.datetime) -> None:
        """It is finished."""
        tx.execute(update(HANDOVERS).where(HANDOVERS.c.number == number).values(done_at=at))


def _line_row(handover: int, line: Line) -> dict[str, Any]:
    told = {name: getattr(line.holding, name) for name in ("thing", "part", "title", "path")}
    whose = {"handover": handover, "number": line.number, "kind": line.holding.kind.value}
    return {**whose, **told, "to": line.to, "to_name": line.to_name, "state": line.state.value, "code": line.code}


def _line(row: Row[Any]) -> Line:
    holding = Holding(Kind(row.kind), row.thing, row.part, row.title, row.path)
    return Line(row.number, holding, row.to, row.to_name, State(row.state), row.code)


def _handover(row: Row[Any], lines: tuple[Line, ...]) -> Handover:
    told = (row.number, row.person, row.name, row.by, row.by_name, row.reason)
    return Handover(*told, row.begun_at, row.done_at, lines)
