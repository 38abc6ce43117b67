"""Which failed tests are tried a second time, and how that is told (tests/support/again.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.again import MOST_FILES, OUTCOME, Outcome, main

_ROOT = Path(__file__).resolve().parents[2]
_ROOM = "tests/browser/consoles/test_leading.py::test_it"
_UNIT = "tests/unit/wire/test_ids.py::test_it"


@pytest.mark.parametrize(
    ("failed", "may_be"),
    [
        ((_ROOM,), True),
        ((_ROOM, f"{_ROOM}_too", "tests/integration/test_demo.py::test_it"), True),
        ((_UNIT,), False),
        ((_ROOM, _UNIT), False),
        ((), False),
        (tuple(f"{_ROOM}_{number}" for number in range(26)), False),
        (
            tuple(
                f"tests/browser/{name}.py::test_it"
                for name in ("test_bridge", "test_budgets", "test_seat_looks", "test_seat_marks")[: MOST_FILES + 1]
            ),
            False,
        ),
    ],
)
def test_only_a_few_tests_of_real_parts_have_a_second_try(failed: tuple[str, ...], *, may_be: bool) -> None:
    assert Outcome(8000, 12, failed, 900.0).may_be_tried_again is may_be


def test_what_may_not_be_tried_again_stays_failed(tmp_path: Path) -> None:
    outcome = tmp_path / "outcome"
    outcome.write_text(json.dumps({"passed": 1, "skipped": 0, "failed": [_UNIT], "seconds": 1.0}), encoding="utf-8")
    assert main(outcome) == 1


def test_a_run_keeps_what_failed_and_could_not_be_set_up(tmp_path: Path) -> None:
    (tmp_path / "test_room.py").write_text(
        "import pytest\n"
        "@pytest.fixture\ndef broken(): raise OSError\n"
        "def test_good(): pass\n"
        "def test_bad(): assert False\n"
        "def test_none(broken): pass\n"
        "def test_left_out(): pytest.skip()\n",
        encoding="utf-8",
    )
    kept = tmp_path / "outcome"
    env = {**os.environ, OUTCOME: str(kept), "PYTHONPATH": str(_ROOT)}
    words = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", ".", "-p", "tests.support.again"]
    done = subprocess.run([*words, "."], cwd=tmp_path, env=env, check=False, capture_output=True, timeout=60)
    assert done.returncode == 1, done.stdout
    outcome = Outcome(**json.loads(kept.read_text(encoding="utf-8")))
    assert (outcome.passed, outcome.skipped) == (1, 1)
    assert sorted(outcome.failed) == ["test_room.py::test_bad", "test_room.py::test_none"]


def test_the_last_line_counts_those_that_passed_at_the_second_try() -> None:
    line = Outcome(8273, 12, (_ROOM,), 995.8).line(20.04)
    assert line == "===== 8274 passed (1 at the second try), 12 skipped in 1015.84s ====="
