"""Fixtures of the test PKI: one a run, with real HTTP services; import them into a ``conftest.py``.

Usage: ``from tests.pki.fixtures import pki, pki_server  # noqa: F401``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.pki.authority import TestPki
from tests.pki.profiles import PkiSettings
from tests.pki.services import PkiServer


@pytest.fixture(scope="session")
def running_pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PkiServer]:
    """The services, with their PKI in ``server.pki``."""
    with PkiServer() as server:
        now = dt.datetime.now(dt.UTC)
        server.serve(TestPki(PkiSettings(server.prefix, now), tmp_path_factory.mktemp("pki")))
        yield server


@pytest.fixture
def pki_server(running_pki: PkiServer) -> Iterator[PkiServer]:
    """The services without any fault; faults a test sets are gone after it."""
    running_pki.asked.clear()
    yield running_pki
    running_pki.fault.clear()
    running_pki.much_later.clear()


@pytest.fixture
def pki(pki_server: PkiServer) -> TestPki:
    """Certificates and keys."""
    assert pki_server.pki is not None
    return pki_server.pki
