"""The administrators' log; rounds of meetings with their marks; pictures of signatures and of the seal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0006_house"
down_revision = "0005_signing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False, index=True),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "signing_pictures",
        sa.Column("owner", sa.String(18), primary_key=True),
        sa.Column("png", sa.LargeBinary, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "signing_subjects",
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
    )
    op.create_table(
        "signing_marks",
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("person", sa.String(18), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("mark", sa.LargeBinary, nullable=False),
        sa.Column("picture", sa.LargeBinary, nullable=True),
    )


def downgrade() -> None:
    for table in ("signing_marks", "signing_subjects", "signing_pictures", "admin_events"):
        op.drop_table(table)
