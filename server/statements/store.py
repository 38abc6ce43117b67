"""Signed acts in the database: the tables whose names begin with ``statement``.

Rules: rows are only added; one that waits for its publication is given its event's number then. Material is kept once
by its hash, however many statements lean on it: a revocation list may be large.

Usage: ``SqlStatementStore().add(tx, kept)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, ForeignKey, Integer, LargeBinary, String, Table, Text, select, update

from server.db.metadata import Moment, metadata
from server.statements.ports import UNPUBLISHED, KeptStatement
from server.trust.model import Kept

STATEMENTS: Final = Table(
    "statements",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("meeting", String(18), ForeignKey("meetings.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("person", String(18), ForeignKey("accounts.id"), nullable=False),
    Column("certificate", String(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("cms", LargeBinary, nullable=False),
)
_PUBLISHED: Final = STATEMENTS.c.seq != UNPUBLISHED
MATERIAL: Final = Table(
    "statement_material",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(4), nullable=False),
    Column("about", Text, nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=True),
    Column("fetched_at", Moment, nullable=False),
)
EVIDENCE: Final = Table(
    "statement_evidence",
    metadata,
    Column("statement", String(64), ForeignKey("statements.sha256", ondelete="CASCADE"), primary_key=True),
    Column("material", String(64), ForeignKey("statement_material.sha256"), primary_key=True),
)


class SqlStatementStore:
    """The port :class:`server.statements.ports.StatementStore` in SQL."""

    def add(self, tx: Connection, kept: KeptStatement) -> bool:
        """Keep it; False when it is there already."""
        if tx.execute(select(STATEMENTS.c.sha256).where(STATEMENTS.c.sha256 == kept.sha256)).first() is not None:
            return False
        tx.execute(
            STATEMENTS.insert().values(
                sha256=kept.sha256,
                meeting=kept.meeting,
                kind=kept.kind,
                person=kept.person,
                certificate=kept.certificate,
                seq=kept.seq,
                received_at=kept.received_at,
                statement=kept.statement,
                cms=kept.cms,
            )
        )
        for material in {self._keep(tx, one) for one in kept.material}:
            tx.execute(EVIDENCE.insert().values(statement=kept.sha256, material=material))
        return True

    def publish(self, tx: Connection, hashes: Collection[str], *, seq: int) -> None:
        """Those of ``hashes`` that were kept as ``UNPUBLISHED`` have made the event ``seq``."""
        waiting = (STATEMENTS.c.sha256.in_(sorted(hashes))) & (STATEMENTS.c.seq == UNPUBLISHED)
        tx.execute(update(STATEMENTS).where(waiting).values(seq=seq))

    def find(self, tx: Connection, meeting: str, sha256: str) -> KeptStatement | None:
        """One of a meeting, with its material; none that is unpublished."""
        wanted = select(STATEMENTS).where(STATEMENTS.c.sha256 == sha256, STATEMENTS.c.meeting == meeting, _PUBLISHED)
        row = tx.execute(wanted).one_or_none()
        if row is None:
            return None
        held = select(MATERIAL).join(EVIDENCE, EVIDENCE.c.material == MATERIAL.c.sha256)
        rows = tx.execute(held.where(EVIDENCE.c.statement == sha256).order_by(MATERIAL.c.sha256))
        return _statement(row, tuple(_material(each) for each in rows))

    def of_meeting(self, tx: Connection, meeting: str) -> Sequence[KeptStatement]:
        """All that are published of a meeting, by the event they made, without material."""
        wanted = select(STATEMENTS).where(STATEMENTS.c.meeting == meeting, _PUBLISHED)
        return [_statement(row) for row in tx.execute(wanted.order_by(STATEMENTS.c.seq, STATEMENTS.c.sha256))]

    def _keep(self, tx: Connection, material: Kept) -> str:
        sha256 = hashlib.sha256(material.der).hexdigest()
        if tx.execute(select(MATERIAL.c.sha256).where(MATERIAL.c.sha256 == sha256)).first() is None:
            tx.execute(
                MATERIAL.insert().values(
                    sha256=sha256,
                    kind=material.kind,
                    about=material.about,
                    der=material.der,
                    made_at=material.made_at,
                    next_at=material.next_at,
                    fetched_at=material.fetched_at,
                )
            )
        return sha256


def _statement(row: Any, material: tuple[Kept, ...] = ()) -> KeptStatement:
    return KeptStatement(
        sha256=row.sha256,
        meeting=row.meeting,
        kind=row.kind,
        person=row.person,
        certificate=row.certificate,
        seq=row.seq,
        received_at=row.received_at,
        statement=bytes(row.statement),
        cms=bytes(row.cms),
        material=material,
    )


def _material(row: Any) -> Kept:
    return Kept(row.kind, row.about, bytes(row.der), row.made_at, row.next_at, row.fetched_at)
