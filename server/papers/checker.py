"""Asks the checking process about an uploaded file.

Rules: the process may crash, hang or lie; each is a refusal with a code, never a fault of the server. At most
``processes`` run at once, the others wait their turn.

Usage::

    findings, keep = Checker().check(inbox)
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final, NamedTuple

from server.papers.errors import REFUSALS, DiskFull, PaperCheckFailed
from server.papers.intake import Inbox
from server.papers.model import Findings
from server.papers.sealed import SealedFile
from wire.errors import BadField
from wire.fields import Fields

_ROOT: Final = Path(__file__).resolve().parents[2]
_KIND: Final = 40


class Checked(NamedTuple):
    """What was found, and the file to keep: the upload itself, or its safe version."""

    findings: Findings
    keep: SealedFile


class Checker:
    """Runs ``server.papers.inspection``; for all threads."""

    def __init__(self, processes: int = 2, timeout_s: float = 240.0) -> None:
        self._slots: Final = threading.BoundedSemaphore(processes)
        self._timeout_s: Final = timeout_s

    def check(self, inbox: Inbox) -> Checked:
        """What was found, and the file to keep; raises :class:`PaperRefused` or :class:`DiskFull`."""
        with self._slots:
            answer = Fields(self._ask(inbox), "inspection")
        try:
            found = _read(answer)
            if not found.rewritten:
                return Checked(found, inbox.upload)
            inbox.safe.plain_bytes = answer.number("safe_bytes", low=1, high=inbox.safe.limit_bytes)
            return Checked(found, inbox.safe)
        except BadField as exc:
            raise PaperCheckFailed from exc

    def _ask(self, inbox: Inbox) -> Any:
        # The keys of both files go through the pipe, never by argument or environment.
        question = {"source": inbox.upload.to_value(), "target": inbox.safe.to_value()}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "server.papers.inspection"],
                input=json.dumps(question).encode("utf-8"),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=self._timeout_s,
                check=True,
            )
            answer = json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError):
            # What they say may quote the question: it does not travel on.
            raise PaperCheckFailed from None
        if not isinstance(answer, dict):
            raise PaperCheckFailed
        return answer


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
        rewritten=answer.flag("rewritten"),
        mark=answer.text("mark", limit=_KIND) if answer.has("mark") else None,
        removed=tuple(str(kind)[:_KIND] for kind in answer.items("removed", limit=20)),
        kept=tuple(str(kind)[:_KIND] for kind in answer.items("kept", limit=20)),
    )
