"""The administrators' log on both databases: one number, one writer."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from server.audit.service import AdminLog
from server.audit.store import _MEETING, SqlAuditStore
from server.db.engine import Database
from server.record.service import Recorder
from server.record.store import SqlRecordStore

NOW = dt.datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=dt.UTC)


def test_L1_many_at_once_make_one_chain(database: Database) -> None:
    log = AdminLog(database, SqlAuditStore(), Recorder(database, SqlRecordStore()))

    def write(number: int) -> None:
        with database.begin() as tx:
            log.record(tx, "picture_set", {"owner": "seal", "n": number}, actor="system", now=NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(24)))
    assert log.broken_at() is None
    newest = log.newest("picture_set", limit=5)
    assert [one.number for one in newest] == [24, 23, 22, 21, 20]
    assert log.newest("anchor_added", limit=5) == []


def test_what_is_rolled_back_was_never_written(database: Database) -> None:
    log = AdminLog(database, SqlAuditStore(), Recorder(database, SqlRecordStore()))
    try:
        with database.begin() as tx:
            log.record(tx, "picture_set", {}, actor="system", now=NOW)
            raise LookupError
    except LookupError:
        assert log.newest("picture_set", limit=5) == []


def test_the_newest_about_a_meeting_is_found_by_its_index_among_many_others(database: Database) -> None:
    store = SqlAuditStore()
    audit = AdminLog(database, store, Recorder(database, SqlRecordStore()))
    one, other = "m-" + "a" * 16, "m-" + "b" * 16
    hidden = f'"meeting": "{one}"'
    said = ({"meeting": one, "rows": 1}, {"meeting": other}, {"rows": 2, "meeting": one}, {"text": hidden})
    with database.begin() as tx:
        for data in said:
            audit.record(tx, "readings_kept", data, actor="system", now=NOW)
        audit.record(tx, "other", {"meeting": one}, actor="system", now=NOW)
        found = store.newest_of(tx, "readings_kept", one)
        assert found is not None
        assert found.data == {"rows": 2, "meeting": one}
        assert store.newest_of(tx, "readings_kept", "m-" + "c" * 16) is None
        expression = _MEETING[tx.dialect.name]
        if tx.dialect.name == "postgresql":
            tx.execute(text("SET LOCAL enable_seqscan = off"))
            tx.execute(text("SET LOCAL enable_bitmapscan = off"))
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        wanted = f"SELECT * FROM admin_events WHERE kind = 'x' AND {expression} = '{one}'"  # noqa: S608 - all of it is ours
        plan = " ".join(str(row) for row in tx.exec_driver_sql(f"{explain} {wanted} ORDER BY number DESC"))
    assert "ix_admin_events_meeting" in plan, plan
