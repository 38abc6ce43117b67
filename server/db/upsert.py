"""Insert a row, or replace its values (or leave them) when the key is there: one statement on both databases.

Rules: only for tables where the last word counts; logs and acts use a plain insert that fails.

Usage: ``connection.execute(upsert(connection, table, values={"id": ..., "state": ...}, key=("id",)))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, *, values: Mapping[str, Any], key: tuple[str, ...]) -> Insert:
    """The statement; columns that are not named keep what they have."""
    rest = {name: value for name, value in values.items() if name not in key}
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).values(values).on_conflict_do_update(index_elements=key, set_=rest)
    return postgresql.insert(table).values(values).on_conflict_do_update(index_elements=key, set_=rest)


def upsert_all(connection: Connection, table: Table, *, key: tuple[str, ...]) -> Insert:
    """The statement for many rows, each of which names every column."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> Insert:
    """The statement; a row that is there stays as it is. Waits for whoever is just writing it."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).values(values).on_conflict_do_nothing()
    return postgresql.insert(table).values(values).on_conflict_do_nothing()
