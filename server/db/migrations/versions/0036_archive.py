"""Dossiers with their retention periods, and the lists with which they go to the archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0036_archive"
down_revision = "0035_reading_lookups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive_transfers",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("receiver", sa.String(200), nullable=False),
        sa.Column("position", sa.String(200), nullable=False),
        sa.Column("done_on", sa.String(10), nullable=True),
        sa.Column("done_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "archive_dossiers",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("began", sa.String(10), nullable=False),
        sa.Column("closed", sa.String(10), nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("years", sa.Integer, nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("transfer", sa.Integer, sa.ForeignKey("archive_transfers.number"), nullable=True),
        sa.UniqueConstraint("year", "number", name="uq_archive_dossiers_number"),
    )
    op.create_index("ix_archive_dossiers_transfer", "archive_dossiers", ["transfer"])


def downgrade() -> None:
    op.drop_table("archive_dossiers")
    op.drop_table("archive_transfers")
