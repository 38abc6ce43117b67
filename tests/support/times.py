"""Where the time of the tests goes: seconds on the clock and of the processors, by group and by worker.

Rules: a test's processor time is that of its worker and of all the worker started (servers, brokers, browsers), read
from /proc when each of its phases ends; what was handed over to init meanwhile is not seen. A second on the clock
without a processor's second was a second of waiting.

Usage: ``tests/run.sh all -p tests.support.times`` ends with both tables; ``PHONGHOP_TEST_TIMES=FILE`` also writes one
line of JSON a phase.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.groups import SHORT, group, rank

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PROPERTY: Final = "processor seconds"


@dataclass
class Spent:
    """What a group, or a worker, took."""

    tests: set[str] = field(default_factory=set)
    clock_s: float = 0.0
    processor_s: float = 0.0

    def add(self, nodeid: str, clock_s: float, processor_s: float) -> None:
        """Count one phase of a test."""
        self.tests.add(nodeid)
        self.clock_s += clock_s
        self.processor_s += processor_s

    def line(self, name: str) -> str:
        """Return a row of the tables: clock, processor, waiting, tests, name."""
        waiting = max(0.0, self.clock_s - self.processor_s)
        return f"{self.clock_s:9.1f} {self.processor_s:10.1f} {waiting:8.1f} {len(self.tests):6}  {name}"


_at_work = {"processor": 0.0}
_groups: defaultdict[str, Spent] = defaultdict(Spent)
_workers: defaultdict[str, Spent] = defaultdict(Spent)


def processor_seconds(pid: int) -> float:
    """Return what a process and all it started have used of the processors, the ended ones included."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [each for task in tasks for each in (task / "children").read_text(encoding="ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, words[11:15])) / _TICKS + sum(processor_seconds(int(each)) for each in children)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write beside each phase what it took of the processors."""
    report = yield
    now = processor_seconds(os.getpid())
    report.user_properties = [*item.user_properties, (_PROPERTY, now - _at_work["processor"])]
    _at_work["processor"] = now
    return report


def pytest_sessionstart() -> None:
    """Begin to count."""
    _at_work["processor"] = processor_seconds(os.getpid())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a phase, where all workers' phases are told."""
    spent = dict(report.user_properties).get(_PROPERTY)
    if "PYTEST_XDIST_WORKER" in os.environ or not isinstance(spent, float):
        return
    path = report.nodeid.partition("::")[0]
    name = "/".join(path.split("/")[:2]) if rank(path) == SHORT else group(path)
    worker = getattr(getattr(report, "node", None), "gateway", None)
    for each in (_groups[name], _workers[worker.id if worker else "alone"]):
        each.add(report.nodeid, report.duration, spent)
    if kept := os.environ.get("PHONGHOP_TEST_TIMES"):
        told = {"test": report.nodeid, "group": name, "worker": worker.id if worker else "alone", "phase": report.when}
        told |= {"clock_s": round(report.duration, 3), "processor_s": round(spent, 2), "at": round(time.time(), 1)}
        with Path(kept).open("a", encoding="utf-8") as out:
            out.write(json.dumps(told, ensure_ascii=False) + "\n")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it, the longest first."""
    for title, told in (("groups", _groups), ("workers", _workers)):
        if told:
            terminalreporter.section(f"seconds of the {title}")
            terminalreporter.write_line(f"{'clock':>9} {'processor':>10} {'waiting':>8} {'tests':>6}")
        for name, spent in sorted(told.items(), key=lambda each: -each[1].clock_s):
            terminalreporter.write_line(spent.line(name))
