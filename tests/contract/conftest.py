"""Both databases, empty and migrated: every store passes the same suite on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db import migrate
from server.db.engine import Database
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database()
    found = Database(url)
    migrate.upgrade(found)
    yield found
    found.close()
