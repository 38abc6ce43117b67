"""Tests that start real parts are tied to one worker of pytest-xdist (tests/support/groups.py).

That they are in fact is shown at every run: the room with tokens refuses to start on a second worker.
"""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.groups import Groups, group, rank

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("tests/unit/wire/test_ids.py", "tests/unit/wire/test_ids.py"),
        ("tests/browser/test_budgets.py", "tests/browser/test_budgets.py"),
        ("tests/integration/test_bootstrap.py", "tests/integration/test_bootstrap.py"),
        ("tests/browser/main_job/test_main_job.py", "whole-room"),
        ("tests/integration/test_demo.py", "whole-room"),
        ("tests/browser/test_bridge.py", "whole-room"),
        ("tests/browser/tokens/test_day.py", "whole-room"),
        ("tests/browser/tokens/test_voting.py", "whole-room"),
    ],
)
def test_every_file_that_starts_a_whole_room_is_in_one_group(path: str, wanted: str) -> None:
    assert (_ROOT / path).is_file()
    assert group(path) == wanted


def test_a_test_of_a_group_is_scheduled_by_it_whatever_its_parameters_are_called() -> None:
    scheduler = object.__new__(Groups)
    assert scheduler._split_scope("tests/browser/tokens/test_day.py::test_x[a::b@c]") == "whole-room"
    assert scheduler._split_scope("tests/unit/wire/test_ids.py::test_x[a::b@c]") == "tests/unit/wire/test_ids.py"


def test_the_longest_chain_begins_first_and_what_starts_nothing_comes_last(pytestconfig: pytest.Config) -> None:
    config = copy.deepcopy(pytestconfig.option)
    config.loadscopereorder, config.tx = True, ["2*popen"]
    Groups(SimpleNamespace(option=config, getvalue=lambda name: getattr(config, name)))  # type: ignore[arg-type]
    assert not config.loadscopereorder, "pytest-xdist would begin with the group that has the most tests"
    files = ["tests/unit/wire/test_ids.py", "tests/browser/test_budgets.py", "tests/integration/test_demo.py"]
    assert sorted(files, key=rank) == files[::-1]
