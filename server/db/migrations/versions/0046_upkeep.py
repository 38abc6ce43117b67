"""The book of the terminals: entries, what stood in them before, plans; and at which terminal a fault was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0046_upkeep"
down_revision = "0045_keeping"
branch_labels = None
depends_on = None

_ID = sa.String(18)


def upgrade() -> None:
    op.create_table(
        "upkeep_entries",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("device", _ID, nullable=False),
        sa.Column("serial", sa.String(64), nullable=False),
        sa.Column("seat", _ID, nullable=True),
        sa.Column("seat_label", sa.String(80), nullable=False),
        sa.Column("room", _ID, nullable=True),
        sa.Column("room_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("done", sa.Text, nullable=False),
        sa.Column("by_whom", sa.String(200), nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=True),
        sa.Column("closed_on", sa.Date, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    for column in ("device", "seat", "source"):
        op.create_index(f"ix_upkeep_entries_{column}", "upkeep_entries", [column])
    op.create_table(
        "upkeep_corrections",
        sa.Column("entry", sa.Integer, sa.ForeignKey("upkeep_entries.number"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
    )
    op.create_table(
        "upkeep_plans",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("device", _ID, nullable=True),
        sa.Column("room", _ID, nullable=True),
        sa.Column("every_months", sa.Integer, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("what", sa.String(500), nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
    )
    op.add_column("feedback", sa.Column("device", _ID, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("feedback", "device")
    op.drop_table("upkeep_plans")
    op.drop_table("upkeep_corrections")
    op.drop_table("upkeep_entries")
