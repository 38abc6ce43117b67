"""What every test shares: which worker it runs on, and how properties are tried.

Rules: the workers are those of `tests.support.groups`. Examples of a property have no deadline of their own: on a busy
machine the slow one would not be the wrong one. Fixtures live beside the tests that use them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.groups import Groups

settings.register_profile(
    "here", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("here")


@pytest.fixture(scope="session")
def demo_paper_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo's papers are made once a run (`build_papers`), because a hundred pages take their time."""
    return tmp_path_factory.mktemp("demo-papers")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    """Tie tests that start real parts to one worker of pytest-xdist (``--dist loadgroup``)."""
    return Groups(config, log) if config.option.dist == "loadgroup" else None
