"""Which terminals are to destroy what they keep, and their receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0042_device_wipes"
down_revision = "0041_releases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_wipes",
        sa.Column("device", sa.String(18), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("ordered_at", Moment, nullable=True),
        sa.Column("wiped_at", Moment, nullable=True),
        sa.Column("receipt", sa.LargeBinary, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("device_wipes")
