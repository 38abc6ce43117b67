"""Paper versions in the database: tables ``papers`` and ``paper_versions``.

Rules: a version is inserted once; nothing is updated.

Usage: ``SqlPaperStore().find(tx, version)``.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    select,
)

from server.db.metadata import Moment, metadata
from server.papers.ports import StoredVersion
from server.unit import Transaction
from wire.ids import MeetingId, PaperId
from wire.topics import PaperVersion

PAPERS: Final = Table(
    "papers",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("meeting", String(18), ForeignKey("meetings.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
)
VERSIONS: Final = Table(
    "paper_versions",
    metadata,
    Column("paper", String(18), ForeignKey("papers.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("plain_bytes", BigInteger, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)


class SqlPaperStore:
    """The port :class:`server.papers.ports.PaperStore` in SQL."""

    def add(self, tx: Transaction, stored: StoredVersion) -> None:
        """Keep a version, and its paper when it is the first."""
        paper, version = stored.version
        if version == 1:
            tx.execute(PAPERS.insert().values(id=paper, meeting=stored.meeting, created_at=stored.created_at))
        tx.execute(
            VERSIONS.insert().values(
                paper=paper,
                version=version,
                plain_bytes=stored.plain_bytes,
                pages=stored.pages,
                manifest=stored.manifest,
                manifest_sha256=stored.manifest_sha256,
                wrapped_key=stored.wrapped_key,
                created_at=stored.created_at,
            )
        )

    def find(self, tx: Transaction, version: PaperVersion) -> StoredVersion | None:
        """The version, None when there is none (stubs have none)."""
        joined = VERSIONS.join(PAPERS, PAPERS.c.id == VERSIONS.c.paper)
        wanted = (VERSIONS.c.paper == version.paper) & (VERSIONS.c.version == version.version)
        row = tx.execute(select(VERSIONS, PAPERS.c.meeting).select_from(joined).where(wanted)).one_or_none()
        return None if row is None else _read(row)

    def versions(self, tx: Transaction) -> set[PaperVersion]:
        """All versions there are."""
        rows = tx.execute(select(VERSIONS.c.paper, VERSIONS.c.version))
        return {PaperVersion(PaperId(row.paper), row.version) for row in rows}


def _read(row: Any) -> StoredVersion:
    return StoredVersion(
        version=PaperVersion(PaperId(row.paper), row.version),
        meeting=MeetingId(row.meeting),
        plain_bytes=row.plain_bytes,
        pages=row.pages,
        manifest=row.manifest,
        manifest_sha256=row.manifest_sha256,
        wrapped_key=row.wrapped_key,
        created_at=row.created_at,
    )
