"""People's private marks: wrapped keys, the devices that were given one, boxes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0015_marks"
down_revision = "0014_number_years"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mark_keys",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("newest", sa.Integer, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "mark_devices",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("device", sa.String(18), primary_key=True),
        sa.Column("given_at", Moment, nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("mark", sa.String(18), primary_key=True),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    for table in ("marks", "mark_devices", "mark_keys"):
        op.drop_table(table)
