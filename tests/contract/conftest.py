"""Both databases, empty and migrated: every store passes the same suite on each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from server.db import migrate
from server.db.engine import Database
from tests.support import migrated
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The name of a migrated database on PostgreSQL."""
    url = postgres.new_database()
    with closing(Database(url)) as found:
        migrate.upgrade(found)
    return str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        file = tmp_path / "test.db"
        migrated.put(file)
        url = f"sqlite:///{file}"
    else:
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database(like=request.getfixturevalue("template"))
    found = Database(url)
    yield found
    found.close()
