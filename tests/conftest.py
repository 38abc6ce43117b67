"""What every test shares: which worker it runs on, and how properties are tried.

Rules: the workers are those of `tests.support.groups`. Examples of a property have no deadline of their own: on a busy
machine the slow one would not be the wrong one. What was collected is never looked through for garbage, and the rest
seldom: a worker holds the modules and tests of the whole suite, and looking took a quarter of its time. Fixtures live
beside the tests that use them.
"""

from __future__ import annotations

import fcntl
import gc
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from deploy.demo.papers import build_papers
from tests.support.groups import Groups, rank

#: `make test-properties` tries many more, other ones each time.
_EXAMPLES = os.environ.get("PHONGHOP_TEST_EXAMPLES")
settings.register_profile(
    "here",
    deadline=None,
    derandomize="CI" in os.environ and _EXAMPLES is None,
    max_examples=int(_EXAMPLES or 30),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, where several workers share them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: rank(item.nodeid.partition("::")[0]))


#: New objects between two looks, and how many looks at the youngest, at the middle go before one at older ones.
_GARBAGE = (50_000, 20, 20)


def pytest_collection_finish() -> None:
    """See the rules."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


@pytest.fixture(scope="session")
def demo_paper_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's papers, made once a run by the first worker that wants them: a hundred pages take their time."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-papers"
    made.mkdir(exist_ok=True)
    with (made.parent / "demo-papers.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build_papers(made)
    return made


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    """Tie tests that start real parts to one worker of pytest-xdist (``--dist loadgroup``)."""
    return Groups(config, log) if config.option.dist == "loadgroup" else None
