"""Minutes: a sheet a meeting, their paragraphs, every change of one, and comments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023_minutes"
down_revision = "0022_paper_texts"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _written(*, is_key: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("paragraph", sa.String(60), primary_key=is_key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("section", sa.String(18), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String(18), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("added", sa.Boolean, nullable=False),
        sa.Column("after", sa.String(60), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "minutes",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("stamp", sa.Integer, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("comments_until", _MOMENT),
        sa.Column("round", sa.String(18), nullable=False),
        sa.Column("sealed_seq", sa.Integer, nullable=False),
        sa.Column("returned", sa.Text, nullable=False),
        sa.Column("returned_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "minutes_paragraphs",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        *_written(is_key=True),
    )
    op.create_table(
        "minutes_changes",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("change", sa.String(10), nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        *_written(is_key=False),
    )
    op.create_table(
        "minutes_comments",
        sa.Column("meeting", sa.String(18), sa.ForeignKey("meetings.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("paragraph", sa.String(60), nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.String(18), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("answered_at", _MOMENT),
    )


def downgrade() -> None:
    for table in ("minutes_comments", "minutes_changes", "minutes_paragraphs", "minutes"):
        op.drop_table(table)
