"""Asks the reading process for the cells of a file.

Rules: the process may crash, hang or lie; each is a refusal with a code, never a fault of the server.

Usage: ``SheetProcess().read(data)``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from server.roster.errors import REFUSALS, RosterBroken, RosterBusy

_ROOT: Final = Path(__file__).resolve().parents[2]
_ANSWER_BYTES: Final = 64 * 2**20


class SheetProcess:
    """The ``Sheets`` port; for all threads, one file at a time."""

    def __init__(self, *, timeout_s: float = 60.0, patience_s: float = 20.0) -> None:
        self._turn: Final = threading.BoundedSemaphore(1)
        self._timeout_s: Final = timeout_s
        self._patience_s: Final = patience_s

    def read(self, data: bytes) -> list[tuple[int, list[str]]]:
        """The rows; raises RosterRefused, RosterBusy."""
        if not self._turn.acquire(timeout=self._patience_s):
            raise RosterBusy
        try:
            answer = self._ask(data)
        finally:
            self._turn.release()
        if "refused" in answer:
            numbers = {name: value for name, value in answer.get("data", {}).items() if isinstance(value, int)}
            raise REFUSALS.get(str(answer["refused"]), RosterBroken)(**numbers)
        try:
            return [(int(number), [str(cell) for cell in cells]) for number, cells in answer["rows"]]
        except (KeyError, TypeError, ValueError):
            raise RosterBroken from None

    def _ask(self, data: bytes) -> dict[str, Any]:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "server.roster.inspection"],
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=self._timeout_s,
                check=True,
            )
            answer = json.loads(done.stdout) if len(done.stdout) <= _ANSWER_BYTES else None
        except (subprocess.SubprocessError, ValueError):
            raise RosterBroken from None
        if not isinstance(answer, dict):
            raise RosterBroken
        return answer
