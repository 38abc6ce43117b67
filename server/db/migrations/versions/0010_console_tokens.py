"""The certificate that a session at a console was begun with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_console_tokens"
down_revision = "0009_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("certificate", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_sessions_certificate", "sessions", ["certificate"])


def downgrade() -> None:
    op.drop_index("ix_sessions_certificate", "sessions")
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("certificate")
