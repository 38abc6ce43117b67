"""What every test shares: which worker it runs on.

Rules: unit, contract and architecture tests run on any worker; tests that start brokers, servers and browsers share
one, because two whole rooms on two cores time each other out. Fixtures live beside the tests that use them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parent
_WHOLE_ROOM = frozenset({"integration", "browser"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tie the tests that start whole rooms to one worker of pytest-xdist (``--dist loadgroup``)."""
    for item in items:
        if _WHOLE_ROOM.intersection(item.path.relative_to(_TESTS).parts[:1]):
            item.add_marker(pytest.mark.xdist_group("whole-room"))
