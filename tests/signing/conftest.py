"""A house with trust in the test PKI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.engine import Database
from tests.pki.authority import TestPki
from tests.pki.fixtures import pki, pki_server, running_pki  # noqa: F401
from tests.signing.bench import SigningBench, empty_database, trust_service


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Database]:
    found = empty_database(tmp_path)
    yield found
    found.close()


@pytest.fixture
def bench(pki: TestPki, house: Database) -> SigningBench:  # noqa: F811
    return SigningBench(pki, trust_service(house))
