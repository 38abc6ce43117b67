"""A second try, alone, for the few tests of real parts that failed beside everything else.

Rules: only tests that start real servers, brokers, readers or browsers are tried again, only when few failed, and whole
files of them, since a story goes on from its own beginning. Each is named, with what it said the first time standing
above. Whatever fails twice has failed; what needs no real part has no second try (docs/adr/0041).

Usage: ``PHONGHOP_TEST_OUTCOME=FILE pytest -p tests.support.again …``, and if that failed
``python -m tests.support.again FILE``, whose exit status then counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.groups import SHORT, rank

OUTCOME: Final = "PHONGHOP_TEST_OUTCOME"
#: More than these did not fail because two rooms got in each other's way.
MOST_TESTS: Final = 25
MOST_FILES: Final = 3

_began_s: Final = time.monotonic()


@dataclass(frozen=True)
class Outcome:
    """How a run ended: counts of tests, ids of those that failed or could not be set up, seconds."""

    passed: int
    skipped: int
    failed: tuple[str, ...]
    seconds: float

    @property
    def files(self) -> tuple[str, ...]:
        """The files of what failed, each once."""
        return tuple(dict.fromkeys(each.partition("::")[0] for each in self.failed))

    @property
    def may_be_tried_again(self) -> bool:
        """Whether everything that failed needs real parts, and is little."""
        few = 0 < len(self.failed) <= MOST_TESTS and len(self.files) <= MOST_FILES
        return few and all(rank(each) < SHORT for each in self.files)

    def line(self, seconds: float) -> str:
        """Return the summary when all that failed passed after ``seconds`` more."""
        counts = (
            f"{self.passed + len(self.failed)} passed ({len(self.failed)} at the second try), {self.skipped} skipped"
        )
        return f"===== {counts} in {self.seconds + seconds:.2f}s ====="


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Keep the outcome, where one is wanted."""
    if OUTCOME not in os.environ:
        return
    found = terminalreporter.stats
    failed = dict.fromkeys(each.nodeid for kind in ("failed", "error") for each in found.get(kind, []))
    passed = sum(each.nodeid not in failed for each in found.get("passed", []))
    outcome = Outcome(passed, len(found.get("skipped", [])), tuple(failed), time.monotonic() - _began_s)
    Path(os.environ[OUTCOME]).write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def main(path: Path) -> int:
    """Try again what may be; return the exit status."""
    outcome = Outcome(**json.loads(path.read_text(encoding="utf-8")))
    if not outcome.may_be_tried_again:
        return 1
    _say(f"Thử lại lần hai · a second try: {', '.join(outcome.files)}")
    began_s = time.monotonic()
    env = {name: value for name, value in os.environ.items() if name != OUTCOME}
    again = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "0", *outcome.files], env=env, check=False)
    if again.returncode:
        return 1
    for each in outcome.failed:
        _say(f"Chỉ đạt ở lần thử hai · passed only at the second try: {each}")
    _say(outcome.line(time.monotonic() - began_s))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
