"""Consultation slips: drafts and what was sent, who was asked, what they handed in, their papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0026_consultations"
down_revision = "0025_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("stage", sa.String(20), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("created_by", sa.String(18), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("deadline", Moment, nullable=True),
        sa.Column("extensions", sa.Text, nullable=False),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("by_clock", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("result_sha256", sa.String(64), nullable=False),
    )
    op.create_table(
        "consultation_recipients",
        sa.Column("slip", sa.String(18), sa.ForeignKey("consultations.id"), primary_key=True),
        sa.Column("person", sa.String(18), sa.ForeignKey("accounts.id"), primary_key=True, index=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("opened_at", Moment, nullable=True),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("reminders", sa.Integer, nullable=False),
        sa.Column("reminded_at", Moment, nullable=True),
        sa.Column("removed_at", Moment, nullable=True),
        sa.Column("removed_why", sa.Text, nullable=False),
        sa.Column("draft_revision", sa.Integer, nullable=False),
        sa.Column("draft", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "consultation_answers",
        sa.Column("slip", sa.String(18), sa.ForeignKey("consultations.id"), primary_key=True),
        sa.Column("person", sa.String(18), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("signed", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "consultation_papers",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("slip", sa.String(18), sa.ForeignKey("consultations.id"), nullable=False, index=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("secrecy", sa.String(20), nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("plain_bytes", sa.Integer, nullable=False),
        sa.Column("plain_sha256", sa.String(64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    for table in ("consultation_papers", "consultation_answers", "consultation_recipients", "consultations"):
        op.drop_table(table)
