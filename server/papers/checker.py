"""Asks the checking process about an uploaded file.

Rules: the process may crash, hang or lie; each is a refusal with a code, never a fault of the server. At most
``processes`` run at once, the others wait their turn.

Usage::

    findings = Checker().check(upload, safe)
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from server.papers.errors import REFUSALS, DiskFull, PaperCheckFailed
from server.papers.model import Findings
from wire.errors import BadField
from wire.fields import Fields

_ROOT: Final = Path(__file__).resolve().parents[2]
_KIND: Final = 40


class Checker:
    """Runs ``server.papers.inspection``; for all threads."""

    def __init__(self, processes: int = 2, timeout_s: float = 240.0) -> None:
        self._slots: Final = threading.BoundedSemaphore(processes)
        self._timeout_s: Final = timeout_s

    def check(self, source: Path, target: Path) -> Findings:
        """Check ``source``, write the safe file to ``target``; raises :class:`PaperRefused` or :class:`DiskFull`."""
        with self._slots:
            answer = self._ask(source, target)
        try:
            return _read(Fields(answer, "inspection"))
        except BadField as exc:
            raise PaperCheckFailed from exc

    def _ask(self, source: Path, target: Path) -> Any:
        try:
            done = subprocess.run(  # noqa: S603 - our own module, paths we made
                [sys.executable, "-m", "server.papers.inspection", str(source), str(target)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=self._timeout_s,
                check=True,
            )
            return json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError) as exc:
            raise PaperCheckFailed from exc


def _read(answer: Fields) -> Findings:
    if answer.has("errno"):
        if answer.number("errno") in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DiskFull
        raise PaperCheckFailed
    if answer.has("refused"):
        data = answer.any("data")
        raise REFUSALS[answer.choice("refused", frozenset(REFUSALS))](**data)
    return Findings(
        pages=answer.number("pages", low=1),
        is_signed=answer.flag("is_signed"),
        has_text=answer.flag("has_text"),
        mark=answer.text("mark", limit=_KIND) if answer.has("mark") else None,
        removed=tuple(str(kind)[:_KIND] for kind in answer.items("removed", limit=20)),
        kept=tuple(str(kind)[:_KIND] for kind in answer.items("kept", limit=20)),
    )
