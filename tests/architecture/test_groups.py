"""Tests that start real parts are tied to one worker of pytest-xdist (tests/support/groups.py).

That they are in fact is shown at every run: the room with tokens refuses to start on a second worker.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.groups import Groups, group

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("tests/unit/wire/test_ids.py", ""),
        ("tests/architecture/test_groups.py", ""),
        ("tests/browser/test_budgets.py", "test_budgets"),
        ("tests/integration/test_bootstrap.py", "test_bootstrap"),
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
    one = "tests/unit/wire/test_ids.py::test_x[a::b@c]"
    assert scheduler._split_scope("tests/browser/tokens/test_day.py::test_x[a::b@c]") == "whole-room"
    assert scheduler._split_scope(one) == one
