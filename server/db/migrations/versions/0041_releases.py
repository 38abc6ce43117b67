"""New images for terminals, and where each terminal is with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0041_releases"
down_revision = "0040_secret_slips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("compatible", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("minimum", sa.String(40), nullable=False),
        sa.Column("expires", Moment, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("signer", sa.String(300), nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
        sa.Column("dropped_at", Moment, nullable=True),
        sa.UniqueConstraint("version", "compatible", name="uq_releases_version_compatible"),
    )
    op.create_table(
        "rollouts",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("release", sa.String(64), sa.ForeignKey("releases.sha256"), nullable=False),
        sa.Column("lab", sa.String(18), nullable=False),
        sa.Column("room", sa.String(18), nullable=False),
        sa.Column("soak_h", sa.Integer, nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("begun_by", sa.String(80), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ready_at", Moment, nullable=True),
        sa.Column("fault_device", sa.String(18), nullable=True),
        sa.Column("fault_reason", sa.String(40), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
    )
    op.create_index("ix_rollouts_state", "rollouts", ["state"])
    op.create_table(
        "rollout_devices",
        sa.Column("rollout", sa.String(18), sa.ForeignKey("rollouts.id"), primary_key=True),
        sa.Column("device", sa.String(18), primary_key=True),
        sa.Column("update", sa.String(18), nullable=False),
        sa.Column("said", sa.String(10), nullable=False),
        sa.Column("said_at", Moment, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("heard_at", Moment, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("skipped", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rollout_devices")
    op.drop_table("rollouts")
    op.drop_table("releases")
