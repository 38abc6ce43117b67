"""Faults and wishes, and what was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0034_feedback"
down_revision = "0033_handovers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("read_at", Moment, nullable=True),
    )
    op.create_index("ix_feedback_person", "feedback", ["person"])


def downgrade() -> None:
    op.drop_table("feedback")
