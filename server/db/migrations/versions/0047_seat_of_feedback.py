"""At which seat a fault was told: its terminal may have moved before IT writes it in the book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047_seat_of_feedback"
down_revision = "0046_upkeep"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feedback", sa.Column("seat", sa.String(18), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("feedback", "seat")
