"""Secret votes: who was given a ballot, and the key that signs blind. No moment, no number of a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_secret_votes"
down_revision = "0011_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vote_keys",
        sa.Column("vote", sa.String(18), sa.ForeignKey("votes.id"), primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "given_ballots",
        sa.Column("vote", sa.String(18), sa.ForeignKey("votes.id"), primary_key=True),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("device", sa.String(18), nullable=False),
        sa.Column("blinded", sa.String(64), nullable=False),
        sa.Column("relay", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    for table in ("given_ballots", "vote_keys"):
        op.drop_table(table)
