"""A meeting may be the rehearsal of another one: one at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_rehearsals"
down_revision = "0016_elections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and others refer to it.
    op.add_column("meetings", sa.Column("rehearsal_of", sa.String(18), nullable=True))
    op.create_index("ix_meetings_rehearsal_of", "meetings", ["rehearsal_of"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_meetings_rehearsal_of", table_name="meetings")
    op.drop_column("meetings", "rehearsal_of")
