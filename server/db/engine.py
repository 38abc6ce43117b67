"""Opens the database: SQLite in WAL mode, or PostgreSQL through psycopg.

Rules: a commit is on the disk before ``begin()`` returns (``synchronous=FULL``); SQLite writers take their lock at once
(``BEGIN IMMEDIATE``) and one at a time, so a transaction that has read never fails when it writes; foreign keys hold.

Usage::

    database = Database("sqlite:////var/lib/phonghop/phonghop.db")
    with database.begin() as connection:
        connection.execute(...)
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.db.errors import DatabaseAway, DatabaseFull

BUSY_TIMEOUT_S: Final = 15
POOL_SIZE: Final = 8
#: requests wait this long for a connection before they are refused
POOL_WAIT_S: Final = 20
#: How SQLite and PostgreSQL say that their disk is full.
_FULL: Final = ("database or disk is full", "No space left on device")
_AWAY: Final = ("is locked", "unable to open", "disk I/O error", "readonly database")
_LAST: Final = "phonghop_last_writes"
_LOG: Final = logging.getLogger("database")


class Database:
    """One engine; see the module's rules. ``url`` is an SQLAlchemy URL of ``sqlite`` or ``postgresql+psycopg``."""

    def __init__(self, url: str) -> None:
        self.is_sqlite: Final = make_url(url).get_backend_name() == "sqlite"
        self.engine: Final = _engine(url, is_sqlite=self.is_sqlite)
        # SQLite's own waiting is a poll with growing pauses; threads of one process queue better on a lock.
        self._writing: Final = threading.Lock() if self.is_sqlite else None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write: durable when the block has ended, rolled back by an exception.

        Raises :class:`DatabaseAway` or :class:`DatabaseFull`. A block must not open another one.
        """
        with _told(), self._turn(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            last_writes: list[Callable[[Connection], None]] = []
            connection.execution_options(**{_LAST: last_writes})
            try:
                yield connection
                for write in last_writes:
                    write(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one snapshot, no lock; raises :class:`DatabaseAway`."""
        with _told(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            finally:
                connection.rollback()

    def last(self, tx: Connection, write: Callable[[Connection], None]) -> None:
        """Have ``write`` done after everything else of ``tx``, just before the commit.

        A lock that everybody needs is then the last one that anybody takes: no two writers wait for each other, and
        it is held for as long as a commit takes.
        """
        tx.get_execution_options()[_LAST].append(write)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._writing is None:
            yield
            return
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_S):
            raise DatabaseAway
        try:
            yield
        finally:
            self._writing.release()

    def ping(self) -> None:
        """Raise :class:`DatabaseAway` when the database does not answer."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the driver raises for a database that is away or full into errors of ours."""
    try:
        yield
    except (OperationalError, InternalError, PoolTimeout) as exc:
        cause = getattr(exc, "orig", None) or exc
        text = " ".join(str(cause).split())
        full = any(words in text for words in _FULL)
        if isinstance(cause, sqlite3.Error) and not full and not any(words in text for words in _AWAY):
            raise  # SQLite calls a fault in our own SQL by the same name
        _LOG.error("%s", text)
        raise (DatabaseFull if full else DatabaseAway) from exc


def _engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        return create_engine(url, pool_size=POOL_SIZE, pool_timeout=POOL_WAIT_S, pool_pre_ping=True)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        pool_timeout=POOL_WAIT_S,
        # isolation_level None: the driver begins nothing by itself; Database does, with the right kind of BEGIN.
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
