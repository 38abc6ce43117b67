"""Opens the database: SQLite in WAL mode, or PostgreSQL through psycopg.

Rules: a commit is on the disk before ``begin()`` returns (``synchronous=FULL``); SQLite writers take their lock at once
(``BEGIN IMMEDIATE``) and one at a time, so a transaction that has read never fails when it writes; foreign keys hold.

Usage::

    database = Database("sqlite:////var/lib/phonghop/phonghop.db")
    with database.begin() as connection:
        connection.execute(...)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

BUSY_TIMEOUT_S: Final = 15
POOL_SIZE: Final = 8
#: requests wait this long for a connection before they are refused
POOL_WAIT_S: Final = 20


class Database:
    """One engine; see the module's rules. ``url`` is an SQLAlchemy URL of ``sqlite`` or ``postgresql+psycopg``."""

    def __init__(self, url: str) -> None:
        self.is_sqlite: Final = make_url(url).get_backend_name() == "sqlite"
        self.engine: Final = _engine(url, is_sqlite=self.is_sqlite)
        # SQLite's own waiting is a poll with growing pauses; threads of one process queue better on a lock.
        self._writing: Final = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write: durable when the block has ended, rolled back by an exception."""
        with self._writing, self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one snapshot, no lock."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    def ping(self) -> None:
        """Raise what SQLAlchemy raises when the database does not answer."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


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
