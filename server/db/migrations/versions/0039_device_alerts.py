"""When a terminal was first seen with a certificate; what IT has to know of terminals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0039_device_alerts"
down_revision = "0038_letter_openings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_certificates", sa.Column("seen_at", Moment, nullable=True))
    op.create_table(
        "device_alerts",
        sa.Column("device", sa.String(18), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("since", Moment, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("device_alerts")
    with op.batch_alter_table("device_certificates") as table:
        table.drop_column("seen_at")
