"""What stands on the pages of papers, sealed, for the search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_paper_texts"
down_revision = "0021_letters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_texts",
        sa.Column("paper", sa.String(18), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["paper", "version"], ["paper_versions.paper", "paper_versions.version"]),
    )


def downgrade() -> None:
    op.drop_table("paper_texts")
