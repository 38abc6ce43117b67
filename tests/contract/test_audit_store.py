"""The administrators' log on both databases: one number, one writer."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from server.audit.service import AdminLog
from server.audit.store import SqlAuditStore
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
