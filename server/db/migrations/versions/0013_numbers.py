"""The register of numbers of papers, and the one number that is being given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0013_numbers"
down_revision = "0012_secret_votes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_number_holds",
        sa.Column("series", sa.String(20), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("notation", sa.String(60), nullable=False),
        sa.Column("issued_on", sa.String(10), nullable=False),
        sa.Column("until", Moment, nullable=False),
    )
    op.create_table(
        "signing_numbers",
        sa.Column("series", sa.String(20), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id"), nullable=False),
        sa.Column("notation", sa.String(60), nullable=False),
        sa.Column("issued_on", sa.String(10), nullable=False),
        sa.Column("person", sa.String(18), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("round", name="uq_signing_numbers_round"),
    )


def downgrade() -> None:
    op.drop_table("signing_numbers")
    op.drop_table("signing_number_holds")
