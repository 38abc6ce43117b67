"""Which image each terminal ran, and which it takes, as it said last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043_terminal_images"
down_revision = "0042_device_wipes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terminal_images",
        sa.Column("device", sa.String(18), primary_key=True),
        sa.Column("image", sa.String(64), nullable=False),
        sa.Column("compatible", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("terminal_images")
