"""Hand-overs: what somebody who left held, and who has it since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0033_handovers"
down_revision = "0032_meeting_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("by", sa.String(18), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("done_at", Moment, nullable=True),
    )
    op.create_index("ix_handovers_person", "handovers", ["person"])
    op.create_table(
        "handover_lines",
        sa.Column("handover", sa.Integer, sa.ForeignKey("handovers.number"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("thing", sa.String(80), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("to", sa.String(18), nullable=False),
        sa.Column("to_name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("handover_lines")
    op.drop_table("handovers")
