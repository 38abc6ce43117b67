"""A migrated SQLite database for every test, migrated once a process: the migrations take longer than most tests.

Rules: what the file holds is what the migrations made of nothing; tests of the migrations themselves do not come here.

Usage: ``put(folder / "phonghop.db")``
"""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from pathlib import Path

from server.db import migrate
from server.db.engine import Database


def put(file: Path) -> None:
    """Write the migrated database to ``file``, unless there is one."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(_made())


@functools.cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(database)
        database.close()
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return file.read_bytes()
