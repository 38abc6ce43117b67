"""Votes and their ballots: one a voter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0007_voting"
down_revision = "0006_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "votes",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), nullable=False, index=True),
        sa.Column("state", sa.String(20), nullable=False),
    )
    op.create_table(
        "ballots",
        sa.Column("vote", sa.String(18), sa.ForeignKey("votes.id"), primary_key=True),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("statement", sa.String(64), nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )


def downgrade() -> None:
    for table in ("ballots", "votes"):
        op.drop_table(table)
