"""With which number a year goes on that began on paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_number_years"
down_revision = "0013_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_number_years",
        sa.Column("series", sa.String(20), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("signing_number_years")
