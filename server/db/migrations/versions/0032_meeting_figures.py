"""The figures of meetings that are over, counted once for the reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032_meeting_figures"
down_revision = "0031_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_figures",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_meeting_figures_day", "meeting_figures", ["day"])


def downgrade() -> None:
    op.drop_table("meeting_figures")
