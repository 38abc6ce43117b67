"""The agency whose documents are made here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0018_agency"
down_revision = "0017_rehearsals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("parent", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("short", sa.String(30), nullable=False),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("agency")
