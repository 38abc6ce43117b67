"""Papers and their versions, epoch keys, what devices were sent, what they reported, their receipts.

Rules: keys stand here wrapped by the master key only. Devices are named without a foreign key: what a device held
stays on record after the device is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0002_papers"
down_revision = "0001_core"
branch_labels = None
depends_on = None

_ID = sa.String(18)


def upgrade() -> None:
    _papers()
    _devices()


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), nullable=False, index=True),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "paper_versions",
        sa.Column("paper", _ID, sa.ForeignKey("papers.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("plain_bytes", sa.BigInteger, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "epochs",
        sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )


def _devices() -> None:
    op.create_table(
        "device_links",
        sa.Column("device", _ID, primary_key=True),
        sa.Column("wrapped_store_key", sa.LargeBinary, nullable=False),
        sa.Column("session", sa.LargeBinary, nullable=True),
        sa.Column("past_sessions", sa.LargeBinary, nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=True),
        sa.Column("last_number", sa.BigInteger, nullable=False),
        sa.Column("reserved_number", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("wish_sha256", sa.String(64), nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("heard_at", Moment, nullable=True),
    )
    op.create_table(
        "seat_keys",
        sa.Column("device", _ID, primary_key=True),
        sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), primary_key=True, index=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("epoch_sent", sa.Integer, nullable=False),
        sa.Column("seat", _ID, nullable=False),
        sa.Column("seat_label", sa.String(80), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("destroyed_at", Moment, nullable=True),
    )
    op.create_table(
        "deliveries",
        sa.Column("device", _ID, primary_key=True),
        sa.Column("paper", _ID, sa.ForeignKey("papers.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("act", _ID, primary_key=True),
        sa.Column("device", _ID, nullable=False),
        sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), nullable=False, index=True),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )


def downgrade() -> None:
    for table in ("receipts", "deliveries", "seat_keys", "device_links", "epochs", "paper_versions", "papers"):
        op.drop_table(table)
