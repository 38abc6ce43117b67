"""Secret consultation slips: the key that signs ballots, who was given one, the urn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040_secret_slips"
down_revision = "0039_device_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consultations", sa.Column("token_key", sa.String(512), nullable=False, server_default=""))
    for name, kind in (("drawn", sa.String(64)), ("browser", sa.Text)):
        op.add_column("consultation_recipients", sa.Column(name, kind, nullable=False, server_default=""))
    op.create_table(
        "consultation_urns",
        sa.Column("slip", sa.String(18), sa.ForeignKey("consultations.id"), primary_key=True),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("ballots", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("consultation_urns")
    for name in ("browser", "drawn"):
        op.drop_column("consultation_recipients", name)
    op.drop_column("consultations", "token_key")
