"""Second factors of accounts with a password, and their recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0009_factors"
down_revision = "0008_statements"
branch_labels = None
depends_on = None

_ID = sa.String(18)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person", _ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("since", Moment, nullable=True),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.LargeBinary, nullable=True),
        sa.Column("pending_at", Moment, nullable=True),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person", _ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("used_at", Moment, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
