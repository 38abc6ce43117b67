"""Signed acts: statements with their signatures, and what was known of the certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0008_statements"
down_revision = "0007_voting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statements",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("person", sa.String(18), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("certificate", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Column("cms", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "statement_material",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("next_at", Moment, nullable=True),
        sa.Column("fetched_at", Moment, nullable=False),
    )
    op.create_table(
        "statement_evidence",
        sa.Column("statement", sa.String(64), sa.ForeignKey("statements.sha256", ondelete="CASCADE"), primary_key=True),
        sa.Column("material", sa.String(64), sa.ForeignKey("statement_material.sha256"), primary_key=True),
    )


def downgrade() -> None:
    for table in ("statement_evidence", "statement_material", "statements"):
        op.drop_table(table)
