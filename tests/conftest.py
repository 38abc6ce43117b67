"""What every test shares: which worker it runs on, and how properties are tried.

Rules: unit, contract and architecture tests run on any worker; a file that starts brokers, servers and browsers stays
on one, which starts them once; files that start a whole room share one worker, because two rooms on two cores time
each other out, and so do those that are tested in one room with tokens. Examples of a property have no deadline of
their own: on a busy machine the slow one would not be the wrong one. Fixtures live beside the tests that use them.
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
_REAL_PARTS = frozenset({"integration", "browser", "card", "chaos", "real_files"})
#: What a test imports to start server, broker, proxy and seats together.
_WHOLE_ROOM = frozenset({"RunningRoom", "Demo"})
#: The folder whose files share one room.
_ONE_ROOM = "tokens"


@pytest.fixture(scope="session")
def demo_paper_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo's papers are made once a run (`build_papers`), because a hundred pages take their time."""
    return tmp_path_factory.mktemp("demo-papers")


# First of all: the worker of pytest-xdist writes the groups into the names of the tests in a hook of the same name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tie tests that start real parts to one worker of pytest-xdist (``--dist loadgroup``)."""
    for item in items:
        if _REAL_PARTS.intersection(item.path.relative_to(_TESTS).parts[:1]):
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    if item.path.parent.name == _ONE_ROOM:
        return _ONE_ROOM
    module = item.getparent(pytest.Module)
    starts_room = module is not None and _WHOLE_ROOM.intersection(vars(module.obj))
    return "whole-room" if starts_room else item.path.stem
