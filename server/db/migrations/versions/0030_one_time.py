"""Passwords that somebody else gave: changed before anything else. Those there are stay as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_one_time"
down_revision = "0029_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("one_time", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("accounts", "one_time")
