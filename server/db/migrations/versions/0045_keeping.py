"""How terminals are looked after: hours of the screens of a room, maintenance, and the card that switches one on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0045_keeping"
down_revision = "0044_enrolment_rows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screen_hours",
        sa.Column("room", sa.String(18), sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("begins", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
    )
    op.create_table(
        "kept_devices",
        sa.Column("device", sa.String(18), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("instead", sa.String(80), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
    )
    op.create_table(
        "terminal_cards",
        sa.Column("device", sa.String(18), primary_key=True),
        sa.Column("mac", sa.String(17), nullable=False),
        sa.Column("subnet", sa.String(18), nullable=False),
        sa.Column("wakes", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("terminal_cards")
    op.drop_table("kept_devices")
    op.drop_table("screen_hours")
