"""What is read of openings by one person, and the record's newest entry about one meeting, without looking at all rows.

The words of an entry are what its hash is over, so the meeting is taken out of them and kept nowhere beside them.
"""

from __future__ import annotations

from alembic import op

revision = "0035_reading_lookups"
down_revision = "0034_feedback"
branch_labels = None
depends_on = None

#: As server/audit/store.py asks for it, letter for letter: an index on anything else is not used.
_MEETING = {
    "sqlite": """substr(data, instr(data, '"meeting": "') + 12, 18)""",
    "postgresql": """substr(data, strpos(data, '"meeting": "') + 12, 18)""",
}


def upgrade() -> None:
    meeting = _MEETING[op.get_bind().dialect.name]
    op.execute(f"CREATE INDEX ix_admin_events_meeting ON admin_events (kind, ({meeting}), number)")
    op.create_index("ix_readings_person", "readings", ["person", "meeting"])


def downgrade() -> None:
    op.drop_index("ix_readings_person", "readings")
    op.drop_index("ix_admin_events_meeting", "admin_events")
