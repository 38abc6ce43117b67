"""Lists for the archive that were taken back: why, by whom, and what stood in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0037_taken_back"
down_revision = "0036_archive"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("archive_transfers", sa.Column("back_at", Moment, nullable=True))
    for name, kind in (("back_by", sa.String(200)), ("back_reason", sa.Text), ("back_lines", sa.Text)):
        op.add_column("archive_transfers", sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("back_lines", "back_reason", "back_by", "back_at"):
        op.drop_column("archive_transfers", name)
