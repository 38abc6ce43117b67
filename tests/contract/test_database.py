"""What a transaction promises, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from server.db.engine import Database
from server.db.errors import DatabaseAway, DatabaseFull
from server.db.metadata import Moment
from server.db.upsert import upsert
from server.identity.model import Session
from server.identity.store import SqlIdentityStore
from tests.support.office import START, fresh_id

_OWN = MetaData()
_ID = Column("id", Integer, primary_key=True)
things = Table("things", _OWN, _ID, Column("name", String(4000)), Column("at", Moment))


@pytest.fixture
def own(database: Database) -> Database:
    with database.begin() as tx:
        _OWN.create_all(tx)
    return database


def _names(database: Database) -> list[str]:
    with database.read() as tx:
        return list(tx.execute(select(things.c.name).order_by(things.c.id)).scalars())


def _write_and_fail(own: Database) -> None:
    with own.begin() as tx:
        tx.execute(insert(things).values(id=3, name="ba"))
        raise ZeroDivisionError


def test_a_block_is_kept_whole_or_not_at_all(own: Database) -> None:
    with own.begin() as tx:
        tx.execute(insert(things).values(id=1, name="một"))
        tx.execute(insert(things).values(id=2, name="hai"))
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(own)
    assert _names(own) == ["một", "hai"]


def test_what_was_read_stays_the_same_within_a_block(own: Database) -> None:
    with own.read() as tx:
        before = tx.execute(select(things)).all()
        with own.begin() as writer:
            writer.execute(insert(things).values(id=1, name="mới"))
        assert tx.execute(select(things)).all() == before
    assert _names(own) == ["mới"]


def test_a_reader_writes_nothing(own: Database) -> None:
    with own.read() as tx:
        tx.execute(insert(things).values(id=1, name="lén"))
    assert _names(own) == []


def test_moments_come_back_aware_and_in_utc(own: Database) -> None:
    hanoi = dt.timezone(dt.timedelta(hours=7))
    moment = dt.datetime(2026, 11, 23, 8, 30, 0, 123456, tzinfo=hanoi)
    with own.begin() as tx:
        tx.execute(insert(things).values(id=1, at=moment))
        (found,) = tx.execute(select(things.c.at)).scalars()
    assert found == moment
    assert found.tzinfo is dt.UTC
    with pytest.raises(Exception, match="without a time zone"), own.begin() as tx:
        tx.execute(insert(things).values(id=2, at=moment.replace(tzinfo=None)))


def test_upsert_replaces_what_it_names_and_keeps_the_rest(own: Database) -> None:
    with own.begin() as tx:
        tx.execute(insert(things).values(id=1, name="cũ", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
        tx.execute(upsert(tx, things, values={"id": 1, "name": "mới"}, key=("id",)))
        tx.execute(upsert(tx, things, values={"id": 2, "name": "thêm"}, key=("id",)))
        assert [row.name for row in tx.execute(select(things).order_by(things.c.id))] == ["mới", "thêm"]
        assert tx.execute(select(things.c.at).where(things.c.id == 1)).scalar_one() is not None


def test_writers_of_many_threads_wait_for_each_other(own: Database) -> None:
    def write(first: int) -> None:
        for number in range(first, first + 10):
            with own.begin() as tx:
                tx.execute(insert(things).values(id=number, name=f"{number}"))

    threads = [threading.Thread(target=write, args=(first,)) for first in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _names(own) == [str(number) for number in range(80)]


def _write_too_much(database: Database) -> None:
    with database.begin() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count = 4")
        for number in range(2, 200):
            tx.execute(insert(things).values(id=number, name="x" * 4000))


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'small.db'}")
    with database.begin() as tx:
        _OWN.create_all(tx)
        tx.execute(insert(things).values(id=1, name="trước"))
    with pytest.raises(DatabaseFull):
        _write_too_much(database)
    assert _names(database) == ["trước"]
    database.close()


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/none/x.db", f"postgresql+psycopg://x@/x?host={tmp_path}"):
        database = Database(url)
        with pytest.raises(DatabaseAway):
            database.ping()
        with pytest.raises(DatabaseAway), database.begin():
            pass
        database.close()


def test_a_fault_in_our_own_sql_is_not_called_a_database_away(own: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, own.begin() as tx:
        tx.exec_driver_sql("SELECT * FROM nowhere")
    assert not isinstance(caught.value, DatabaseAway)


def test_foreign_keys_hold(database: Database) -> None:
    orphan = Session("a" * 64, fresh_id("u"), START, START, START)
    with pytest.raises(IntegrityError), database.begin() as tx:
        SqlIdentityStore().add_session(tx, orphan)


def test_a_commit_of_sqlite_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    with database.read() as tx:
        found = {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
    assert found == {"journal_mode": "wal", "synchronous": 2}
    database.close()
