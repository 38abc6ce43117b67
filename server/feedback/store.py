"""Faults and wishes in the database.

Usage: ``SqlFeedbackStore().open(connection)``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, Row, String, Table, Text, func, insert, select, text, update

from server.db.metadata import Moment, metadata
from server.feedback.model import Feedback, State
from wire.feedback import Kind, Said

FEEDBACK: Final = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", String(18), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", Moment, nullable=True),
    Column("read_at", Moment, nullable=True),
    Column("device", String(18), nullable=False, server_default=""),
    Column("seat", String(18), nullable=False, server_default=""),
)
_NEWEST: Final = 200


class SqlFeedbackStore:
    """The rows of both databases."""

    def add(self, tx: Connection, found: Feedback) -> None:
        """One more."""
        tx.execute(insert(FEEDBACK).values(_values(found)))

    def save(self, tx: Connection, found: Feedback) -> None:
        """From now on it is this."""
        tx.execute(update(FEEDBACK).where(FEEDBACK.c.number == found.number).values(_values(found)))

    def find(self, tx: Connection, number: int) -> Feedback | None:
        """By number; nobody else changes it until the transaction ends."""
        row = tx.execute(select(FEEDBACK).where(FEEDBACK.c.number == number).with_for_update()).one_or_none()
        return None if row is None else _feedback(row)

    def hold(self, tx: Connection) -> None:
        """Nobody else adds one until the transaction ends."""
        if tx.dialect.name != "sqlite":
            tx.execute(text("LOCK TABLE feedback IN SHARE ROW EXCLUSIVE MODE"))

    def newest(self, tx: Connection) -> int:
        """The highest number; 0 without any."""
        return int(tx.execute(select(func.coalesce(func.max(FEEDBACK.c.number), 0))).scalar_one())

    def all(self, tx: Connection) -> Sequence[Feedback]:
        """The newest two hundred, and whatever waits."""
        waits = FEEDBACK.c.state != State.DONE.value
        recent = select(FEEDBACK.c.number).order_by(FEEDBACK.c.number.desc()).limit(_NEWEST)
        wanted = select(FEEDBACK).where(waits | FEEDBACK.c.number.in_(recent)).order_by(FEEDBACK.c.number.desc())
        return [_feedback(row) for row in tx.execute(wanted)]

    def of_person(self, tx: Connection, person: str) -> Sequence[Feedback]:
        """The newest first."""
        wanted = select(FEEDBACK).where(FEEDBACK.c.person == person).order_by(FEEDBACK.c.number.desc()).limit(_NEWEST)
        return [_feedback(row) for row in tx.execute(wanted)]


def _values(found: Feedback) -> dict[str, Any]:
    told = {
        name: getattr(found, name) for name in ("number", "person", "name", "at", "by_name", "answer", "device", "seat")
    }
    when = {"answered_at": found.answered_at, "read_at": found.read_at, "state": found.state.value}
    said = found.said
    return {**told, **when, "kind": said.kind.value, "text": said.text, "about": json.dumps(said.about)}


def _feedback(row: Row[Any]) -> Feedback:
    said = Said(Kind(row.kind), row.text, json.loads(row.about))
    told = (row.number, row.person, row.name, said, row.at, State(row.state))
    return Feedback(*told, row.by_name, row.answer, row.answered_at, row.read_at, row.device, row.seat)
