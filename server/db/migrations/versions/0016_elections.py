"""A ballot says the marks of an election."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_elections"
down_revision = "0015_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ballots") as table:
        table.alter_column("answer", existing_type=sa.String(20), type_=sa.String(240), existing_nullable=False)


def downgrade() -> None:
    # The marks of elections stand in the log; a ballot of one that still runs would not fit.
    op.execute("DELETE FROM ballots WHERE length(answer) > 20")
    with op.batch_alter_table("ballots") as table:
        table.alter_column("answer", existing_type=sa.String(240), type_=sa.String(20), existing_nullable=False)
