"""Brings a database to the newest form, or back.

Rules: a migration is code that stays as it is once released; each goes up and down with data, on both databases
(tests/architecture/test_migrations.py). They run in one transaction and before anything else is served.

Usage::

    upgrade(database)
    downgrade(database, "base")
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.db.engine import Database

_FOLDER: Final = Path(__file__).resolve().parent / "migrations"


def upgrade(database: Database, revision: str = "heads") -> None:
    """Apply what is missing up to ``revision``; nothing to do is fine."""
    with database.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take back what came after ``revision`` (``base``: everything)."""
    with database.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """Whether nothing is missing."""
    with database.read() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    return present == set(ScriptDirectory(str(_FOLDER)).get_heads())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
