"""Addresses of people's calendars, as hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0024_calendar_addresses"
down_revision = "0023_minutes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_addresses",
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("titles", sa.Boolean, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("calendar_addresses")
