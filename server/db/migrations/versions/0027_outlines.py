"""Types of meetings, and templates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0027_outlines"
down_revision = "0026_consultations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_outlines",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("taken", sa.String(260), nullable=False, unique=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("meeting_outlines")
