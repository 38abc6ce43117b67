"""Which checkpoint a terminal left last, after a restoration that was acknowledged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_record_left"
down_revision = "0019_work_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_seen", sa.Column("gave_up", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("record_seen", "gave_up")
