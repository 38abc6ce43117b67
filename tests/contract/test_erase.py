"""Everything that either database keeps of one meeting is deleted, whichever feature it is of (M5)."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select

import server
from server.db.engine import Database
from server.db.metadata import metadata
from server.rehearsals.store import belongs, erase
from tests.support.rows import sample_row
from wire.ids import MeetingId

_ROOT = Path(server.__file__).parent
for _file in sorted([*_ROOT.rglob("store.py"), *_ROOT.rglob("register.py")]):
    importlib.import_module(".".join(("server", *_file.relative_to(_ROOT).with_suffix("").parts)))

#: What a meeting leaves where it is counted for all of them, or is another's.
HOUSES_OWN = {
    "accounts", "admin_events", "agency", "archive_transfers", "calendar_addresses", "consultation_answers",
    "consultation_papers",
    "consultation_recipients", "consultation_urns", "consultations", "device_alerts",
    "device_certificates", "device_wipes", "device_links", "devices", "display_links",
    "display_sessions", "enrolment_rows", "enrolment_tries", "feedback", "handover_lines", "handovers",
    "meeting_outlines",
    "kept_devices", "screen_hours", "terminal_cards",
    "person_certificates", "reading_refusals",
    "record_checkpoints", "record_head", "record_leaves", "record_nodes", "record_seen",
    "recovery_codes", "releases", "review_rounds", "reviewed_accounts", "revocation_material", "rollout_devices",
    "rollouts", "rooms", "seats", "second_factors", "terminal_images",
    "sessions", "sign_in_tries", "sign_ins", "signing_pictures", "statement_material", "trust_authorities", "units",
    "upkeep_corrections", "upkeep_entries", "upkeep_plans",
    "work_days",
}  # fmt: skip


def count(tx: Any, table: Table) -> int:
    return int(tx.scalar(select(func.count()).select_from(table)))


def test_M5_every_table_says_whether_it_holds_something_of_a_meeting() -> None:
    """A new table is either a meeting's, and deleted with it, or stands in this list on purpose."""
    own = {table.name for table in metadata.sorted_tables if belongs(table, MeetingId("m")) is None}
    assert {name for name in own if not name.startswith("signing_")} == {
        name for name in HOUSES_OWN if not name.startswith("signing_")
    }


def test_M5_no_row_of_the_meeting_is_left_and_no_other_row_goes(database: Database) -> None:
    rows: dict[str, dict[str, Any]] = {}
    with database.begin() as tx:
        for table in metadata.sorted_tables:
            rows[table.name] = sample_row(table, rows)
            tx.execute(insert(table).values(rows[table.name]))
        meeting = MeetingId(rows["meetings"]["id"])
        tx.execute(metadata.tables["acts"].update().values(meeting=meeting))
        mine = {table.name for table in metadata.sorted_tables if belongs(table, meeting) is not None}
        before = {table.name: count(tx, table) for table in metadata.sorted_tables}
        erase(tx, MeetingId("m-" + "7" * 16))
        assert {table.name: count(tx, table) for table in metadata.sorted_tables} == before
        erase(tx, meeting)
        left = {table.name for table in metadata.sorted_tables if count(tx, table)}
    assert left.isdisjoint(mine)
    assert left == before.keys() - mine
    assert {"meetings", "meeting_events", "papers", "ballots", "given_ballots", "seat_keys", "acts", "marks"} <= mine
