"""Fixtures of the tests that run the real thing.

Usage: a test asks for `broker` and gets a real mosquitto of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import BrokerSite


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerSite]:
    site = BrokerSite(tmp_path)
    yield site
    site.warden.stop()
    site.process.stop()
