"""No core of a process that holds secrets, whoever ends it and whatever the shell allows."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

_ALLOW = "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)"
_DIE = (
    f"import os, resource, signal; {_ALLOW}; {{first}}; marked = 'Zq7-' + 'core'; os.kill(os.getpid(), signal.SIGABRT)"
)
_FORBID = "from sealing.undumped import forbid_dumps, may_be_dumped; forbid_dumps(); assert not may_be_dumped()"
ROOT = Path(__file__).resolve().parents[3]


def _dies(folder: Path, first: str) -> int:
    """The wait status of a program that aborts where cores of any size are allowed."""
    program = subprocess.Popen(
        (sys.executable, "-c", _DIE.format(first=first)), cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    _, status = os.waitpid(program.pid, 0)
    program.returncode = status
    return status


def test_a_process_that_aborts_leaves_no_core(tmp_path: Path) -> None:
    status = _dies(tmp_path, _FORBID)
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


def test_one_that_does_not_forbid_it_would(tmp_path: Path) -> None:
    """Shows that the test above can fail, on a machine that allows cores at all."""
    allowed = resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
    assert os.WCOREDUMP(_dies(tmp_path, "pass")) is allowed
