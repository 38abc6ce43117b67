"""Documents that the office issues: their wording and stage; registry clerks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0021_letters"
down_revision = "0020_record_left"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and others refer to it.
    op.add_column("accounts", sa.Column("is_clerk", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "letters",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id"), nullable=True, unique=True),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("issued_at", Moment, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("letters")
    op.drop_column("accounts", "is_clerk")
