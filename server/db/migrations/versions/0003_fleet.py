"""Terminals and their certificates; the links of room displays and the sessions opened with them.

Rules: a seat has at most one device; of a link and of a session only the hash is kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0003_fleet"
down_revision = "0002_papers"
branch_labels = None
depends_on = None

_ID = sa.String(18)


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("code", sa.String(14), nullable=False),
        sa.Column("spki", sa.LargeBinary, nullable=False),
        sa.Column("serial", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("seat", _ID, sa.ForeignKey("seats.id"), nullable=True, unique=True),
        sa.Column("requested_at", Moment, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
    )
    op.create_table(
        "device_certificates",
        sa.Column("serial", sa.String(40), primary_key=True),
        sa.Column("device", _ID, sa.ForeignKey("devices.id"), nullable=False, index=True),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("revoked_at", Moment, nullable=True),
    )
    op.create_table(
        "display_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("room", _ID, sa.ForeignKey("rooms.id"), nullable=False, index=True),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
    )
    op.create_table(
        "display_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "link",
            sa.String(64),
            sa.ForeignKey("display_links.token_hash", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("opened_at", Moment, nullable=False),
    )


def downgrade() -> None:
    for table in ("display_sessions", "display_links", "device_certificates", "devices"):
        op.drop_table(table)
