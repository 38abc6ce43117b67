"""Accounts, sessions, rooms, seats, meetings and their logs, acts.

Rules: of the three administrators an account is at most one: there is one column for all three.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0001_core"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(18)


def upgrade() -> None:
    _identity()
    _rooms()
    _meetings()
    op.create_table(
        "acts",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )


def _identity() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("username", sa.String(80), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(200), nullable=False),
        sa.Column("admin_role", sa.String(20), nullable=True),
        sa.Column("is_secretary", sa.Boolean, nullable=False),
        sa.Column("is_it", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_used_at", Moment, nullable=False),
        sa.Column("disabled_at", Moment, nullable=True),
        sa.CheckConstraint("admin_role IN ('system_admin', 'security_admin', 'auditor')", name="one_admin_role"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("person", _ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_seen_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("is_locked", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
    )


def _rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "seats",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("room", _ID, sa.ForeignKey("rooms.id"), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("x", sa.Integer, nullable=False),
        sa.Column("y", sa.Integer, nullable=False),
        sa.UniqueConstraint("room", "label"),
    )


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("room", _ID, sa.ForeignKey("rooms.id"), nullable=False, index=True),
        sa.Column("room_name", sa.String(200), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("starts_at", Moment, nullable=False),
        sa.Column("planned_minutes", sa.Integer, nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "meeting_members",
        sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("person", _ID, primary_key=True, index=True),
        sa.Column("role", sa.String(20), nullable=False),
    )
    op.create_table(
        "meeting_events",
        sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("meeting_events", "meeting_members", "meetings", "seats", "rooms"):
        op.drop_table(table)
    for table in ("acts", "sign_in_tries", "sessions", "accounts"):
        op.drop_table(table)
