"""Who has had the file of an issued document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0038_letter_openings"
down_revision = "0037_taken_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_openings",
        sa.Column("letter", sa.String(18), sa.ForeignKey("letters.id"), primary_key=True),
        sa.Column("person", sa.String(18), primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("letter_openings")
