"""Types and templates in the database (table ``meeting_outlines``).

Rules: a row is written by comparing its revision; of those in use no two of a kind have one name.

Usage: ``SqlOutlineStore().save(connection, after, before=outline)``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Column, Connection, Integer, String, Table, Text, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.outlines.errors import OutlineTaken
from server.outlines.model import Kind, Outline, folded, read_content
from wire.fields import Fields

OUTLINES: Final = Table(
    "meeting_outlines",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(80), nullable=False),
    #: of a kind and in use one has this name; of what was put away nothing but its id keeps it apart
    Column("taken", String(260), nullable=False, unique=True),
    Column("content", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("changed_by", String(80), nullable=False),
    Column("changed_at", Moment, nullable=False),
)


class SqlOutlineStore:
    """The ``OutlineStore`` of both databases."""

    def all(self, tx: Connection) -> Sequence[Outline]:
        """Those that were not put away, by name."""
        rows = tx.execute(select(OUTLINES).where(OUTLINES.c.retired.is_(False)))
        return sorted((_outline(row) for row in rows), key=lambda each: (folded(each.name), each.id))

    def find(self, tx: Connection, outline: str) -> Outline | None:
        """By id, also one that was put away."""
        row = tx.execute(select(OUTLINES).where(OUTLINES.c.id == outline)).one_or_none()
        return None if row is None else _outline(row)

    def named(self, tx: Connection, kind: Kind, name: str) -> Outline | None:
        """Of this name, if it was not put away."""
        row = tx.execute(select(OUTLINES).where(OUTLINES.c.taken == _taken(kind, name))).one_or_none()
        return None if row is None else _outline(row)

    def add(self, tx: Connection, outline: Outline) -> None:
        """A new one."""
        try:
            tx.execute(insert(OUTLINES).values(**_row(outline)))
        except IntegrityError:
            # Somebody was faster with this name.
            raise OutlineTaken(name=outline.name) from None

    def save(self, tx: Connection, after: Outline, *, before: Outline) -> bool:
        """Write ``after`` if it still is ``before``; whether it was."""
        same = (OUTLINES.c.id == before.id) & (OUTLINES.c.revision == before.revision)
        try:
            return tx.execute(update(OUTLINES).where(same).values(**_row(after))).rowcount == 1
        except IntegrityError:
            raise OutlineTaken(name=after.name) from None


def _taken(kind: Kind, name: str) -> str:
    return f"{kind.value}:{folded(name)}"


def _row(outline: Outline) -> dict[str, Any]:
    return {
        "id": outline.id,
        "kind": outline.kind.value,
        "name": outline.name,
        "taken": outline.id if outline.retired else _taken(outline.kind, outline.name),
        "content": json.dumps(outline.content.to_value(), ensure_ascii=False),
        "revision": outline.revision,
        "retired": outline.retired,
        "changed_by": outline.by,
        "changed_at": outline.changed_at,
    }


def _outline(row: Any) -> Outline:
    kind = Kind(row.kind)
    return Outline(
        row.id,
        kind,
        row.name,
        read_content(Fields(json.loads(row.content), "content"), kind=kind),
        by=row.changed_by,
        changed_at=row.changed_at,
        revision=row.revision,
        retired=row.retired,
    )
