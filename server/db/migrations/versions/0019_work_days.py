"""Days on which the house does not work, or works though others do not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_work_days"
down_revision = "0018_agency"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("work_days")
