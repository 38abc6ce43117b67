"""Tasks with their histories, their evidence, and the agendas they stand in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0029_tasks"
down_revision = "0028_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), nullable=True),
        sa.Column("item", sa.String(18), nullable=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("lead", sa.String(18), nullable=False),
        sa.Column("helpers", sa.Text, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("giver", sa.String(18), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("answers", sa.String(18), nullable=True),
        sa.Column("extension", sa.Integer, nullable=False),
        sa.Column("extension_until", sa.Date, nullable=True),
        sa.Column("report", sa.Integer, nullable=False),
        sa.Column("reported_on", sa.Date, nullable=True),
        sa.Column("changed_at", Moment, nullable=False),
    )
    op.create_index("ix_tasks_meeting", "tasks", ["meeting"])
    op.create_table(
        "task_lines",
        sa.Column("task", sa.String(18), sa.ForeignKey("tasks.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", sa.String(18), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("more", sa.Text, nullable=False),
    )
    op.create_table(
        "task_files",
        sa.Column("task", sa.String(18), sa.ForeignKey("tasks.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("paper", sa.String(18), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("plain_bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "task_agenda",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("task", sa.String(18), sa.ForeignKey("tasks.id"), primary_key=True),
        sa.Column("item", sa.String(18), nullable=False),
    )


def downgrade() -> None:
    for table in ("task_agenda", "task_files", "task_lines", "tasks"):
        op.drop_table(table)
