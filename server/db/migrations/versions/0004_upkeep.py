"""What lets old rows be found and dropped: the meeting of an act, and the moments of acts and wrong tries.

Rules: an act from before this step has no meeting, and is dropped by its age alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_upkeep"
down_revision = "0003_fleet"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("acts") as acts:
        acts.add_column(sa.Column("meeting", sa.String(18), nullable=True))
        acts.create_index("ix_acts_at", ["at"])
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_tries_last_at", "sign_in_tries")
    with op.batch_alter_table("acts") as acts:
        acts.drop_index("ix_acts_at")
        acts.drop_column("meeting")
