"""Who opened which paper and which pages were seen, with reminders and what terminals told that cannot be true."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0031_readings"
down_revision = "0030_one_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(18), nullable=False),
        sa.Column("paper", sa.String(18), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("once", sa.String(60), nullable=False),
        sa.Column("place", sa.String(18), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("told_at", Moment, nullable=False),
        sa.UniqueConstraint("meeting", "person", "paper", "version", "page", "how", "once", name="uq_readings_once"),
    )
    op.create_table(
        "reading_heads",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("newest", sa.Integer, nullable=False),
        sa.Column("kept", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "reading_reminders",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("paper", sa.String(18), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_reading_reminders_person", "reading_reminders", ["person"])
    op.create_table(
        "reading_refusals",
        sa.Column("device", sa.String(18), primary_key=True),
        sa.Column("why", sa.String(20), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
    )


def downgrade() -> None:
    for table in ("reading_refusals", "reading_reminders", "reading_heads", "readings"):
        op.drop_table(table)
