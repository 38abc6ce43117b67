from __future__ import annotations

import datetime as dt

import pytest

from tests.pki.authority import TestPki
from tests.pki.profiles import PkiSettings


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    """Certificates and keys; nothing listens."""
    settings = PkiSettings("http://pki.test", dt.datetime.now(dt.UTC))
    return TestPki(settings, tmp_path_factory.mktemp("pki"))
