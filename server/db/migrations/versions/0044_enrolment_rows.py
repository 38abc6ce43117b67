"""Lists of terminals to come: serial, hash of the one-time code, seat; and the wrong codes that were tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0044_enrolment_rows"
down_revision = "0043_terminal_images"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment_rows",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("serial", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(200), nullable=False),
        sa.Column("seat", sa.String(18), nullable=False),
        sa.Column("seat_label", sa.String(80), nullable=False),
        sa.Column("room_name", sa.String(200), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("device", sa.String(18), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("other", sa.String(18), nullable=True),
        sa.Column("other_at", Moment, nullable=True),
    )
    for column in ("serial", "state"):
        op.create_index(f"ix_enrolment_rows_{column}", "enrolment_rows", [column])
    op.create_table(
        "enrolment_tries",
        sa.Column("number", sa.Integer, sa.ForeignKey("enrolment_rows.number"), primary_key=True),
        sa.Column("tag", sa.String(16), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("enrolment_tries")
    op.drop_table("enrolment_rows")
