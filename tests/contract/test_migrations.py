"""The migrations: up and down with data in every table, on both databases, and the same tables as the code's.

The tables of the code are those of the stores; a store nobody imports is missing here, so all are imported by name.
"""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ColumnClause, Connection, Table, insert, inspect, select

import server
from server.db import migrate
from server.db.engine import Database
from server.db.metadata import metadata
from server.identity.store import SqlIdentityStore
from server.units.store import SqlUnitStore
from tests.support.postgres import Postgres
from tests.support.rows import MOMENT, sample_row

_ROOT = Path(server.__file__).parent
_FOLDER = _ROOT / "db" / "migrations"


def _import_all_stores() -> None:
    for file in sorted([*_ROOT.rglob("store.py"), *_ROOT.rglob("register.py")]):
        importlib.import_module(".".join(("server", *file.relative_to(_ROOT).with_suffix("").parts)))


_import_all_stores()
REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(_FOLDER)).walk_revisions()))]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database()
    found = Database(url)
    yield found
    found.close()


def _fill(tx: Connection) -> dict[str, dict[str, Any]]:
    """One row in every table of the code, parents first."""
    rows: dict[str, dict[str, Any]] = {}
    for table in metadata.sorted_tables:
        rows[table.name] = sample_row(table, rows)
        tx.execute(insert(table).values(rows[table.name]))
    return rows


def _kept(tx: Connection, table: Table) -> dict[str, Any]:
    return dict(tx.execute(select(table)).mappings().one())


def _is_compared(_object: object, name: str | None, *_: object) -> bool:
    """Not the index on an expression, of which each dialect has words of its own; test_audit_store.py sees it used."""
    return name != "ix_admin_events_meeting"


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(_FOLDER)).get_heads()) == 1, "two migrations follow the same one: chain them"


def test_the_newest_migration_makes_the_tables_of_the_code(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.read() as tx:
        opts = {"compare_type": True, "compare_server_default": False, "include_object": _is_compared}
        context = MigrationContext.configure(tx, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing_and_says_current(empty: Database) -> None:
    assert not migrate.is_current(empty)
    migrate.upgrade(empty)
    with empty.begin() as tx:
        rows = _fill(tx)
    migrate.upgrade(empty)
    assert migrate.is_current(empty)
    with empty.read() as tx:
        for table in metadata.sorted_tables:
            assert _kept(tx, table) == rows[table.name], table.name


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_step_goes_down_and_up_again_with_data_in_every_table(empty: Database, revision: str) -> None:
    """What a step does not touch is still there after going below it and coming back."""
    migrate.upgrade(empty)
    with empty.begin() as tx:
        rows = _fill(tx)
    below = ScriptDirectory(str(_FOLDER)).get_revision(revision).down_revision
    migrate.downgrade(empty, "base" if below is None else str(below))
    with empty.read() as tx:
        left = set(inspect(tx).get_table_names())
        kept = {t.name: _kept(tx, t) for t in metadata.sorted_tables if t.name in left and _same_columns(tx, t)}
    migrate.upgrade(empty)
    with empty.read() as tx:
        assert set(inspect(tx).get_table_names()) >= {table.name for table in metadata.sorted_tables}
        for table in metadata.sorted_tables:
            if table.name in kept:
                assert _kept(tx, table) == rows[table.name], table.name


def _same_columns(tx: Connection, table: Table) -> bool:
    return {column["name"] for column in inspect(tx).get_columns(table.name)} == {column.name for column in table.c}


def test_going_down_to_nothing_leaves_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.begin() as tx:
        _fill(tx)
    migrate.downgrade(empty, "base")
    with empty.read() as tx:
        assert set(inspect(tx).get_table_names()) <= {"alembic_version"}


def _column(name: str) -> ColumnClause[Any]:
    return sqlalchemy.column(name)


def test_units_are_made_of_what_accounts_said_and_each_account_is_in_one(empty: Database) -> None:
    migrate.upgrade(empty, "0024_calendar_addresses")
    said = ["Phòng 1", unicodedata.normalize("NFD", " phòng  1"), "Văn phòng", "", " / "]
    with empty.begin() as tx:
        for n, unit in enumerate(said):
            row: dict[str, Any] = {"id": f"u-{n}", "username": f"a{n}", "name": "A", "position": "", "unit": unit}
            row |= {"is_secretary": False, "is_it": False, "created_at": MOMENT, "last_used_at": MOMENT}
            row |= {"password_hash": ""}
            tx.execute(sqlalchemy.table("accounts", *map(_column, row)).insert().values(row))
    migrate.upgrade(empty)
    with empty.read() as tx:
        units = {unit.id: unit for unit in SqlUnitStore().units(tx)}
        accounts = sorted(SqlIdentityStore().accounts(tx), key=lambda each: each.id)
    assert sorted((unit.code, unit.name) for unit in units.values()) == [("DV01", "Phòng 1"), ("DV02", "Văn phòng")]
    assert [each.unit for each in accounts] == ["Phòng 1", "Phòng 1", "Văn phòng", "", " / "]
    placed = [units[each.unit_id].name if each.unit_id else None for each in accounts]
    assert placed == ["Phòng 1", "Phòng 1", "Văn phòng", None, None]


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database) -> None:
    """A table of a later step is in the way: nothing of the upgrade stays, and it can be tried again."""
    with empty.begin() as tx:
        tx.exec_driver_sql("CREATE TABLE acts (x INTEGER)")
    with pytest.raises(Exception, match="acts"):
        migrate.upgrade(empty)
    with empty.begin() as tx:
        assert set(inspect(tx).get_table_names()) == {"acts"}
        tx.exec_driver_sql("DROP TABLE acts")
    migrate.upgrade(empty)
    assert migrate.is_current(empty)
