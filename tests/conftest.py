"""What every test shares: which worker it runs on, and how properties are tried.

Rules: unit, contract and architecture tests run on any worker; tests that start brokers, servers and browsers share
one, because two whole rooms on two cores time each other out. Examples of a property have no deadline of their own: on
a busy machine the slow one would not be the wrong one. Fixtures live beside the tests that use them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "here", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("here")

_TESTS = Path(__file__).resolve().parent
_WHOLE_ROOM = frozenset({"integration", "browser", "chaos", "real_files"})


@pytest.fixture(scope="session")
def demo_paper_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo's papers are made once a run (`build_papers`), because a hundred pages take their time."""
    return tmp_path_factory.mktemp("demo-papers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tie the tests that start whole rooms to one worker of pytest-xdist (``--dist loadgroup``)."""
    for item in items:
        if _WHOLE_ROOM.intersection(item.path.relative_to(_TESTS).parts[:1]):
            item.add_marker(pytest.mark.xdist_group("whole-room"))
