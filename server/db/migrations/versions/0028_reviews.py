"""Sign-ins, and rounds in which accounts are looked over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0028_reviews"
down_revision = "0027_outlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(18), nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("means", sa.String(20), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
    )
    op.create_index("ix_sign_ins_person", "sign_ins", ["person"])
    op.create_index("ix_sign_ins_at", "sign_ins", ["at"])
    op.create_table(
        "review_rounds",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("begun_by", sa.String(80), nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
    )
    op.create_table(
        "reviewed_accounts",
        sa.Column("review", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reviewed_accounts")
    op.drop_table("review_rounds")
    op.drop_table("sign_ins")
