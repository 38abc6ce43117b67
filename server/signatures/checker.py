"""Has a file's signatures looked at by the checking process, and reads what it says.

Rules G31-G34: nothing is fetched, what the house has kept is handed over; the process may crash, hang or lie, and each
is a refusal with a code, never a fault of the server. At most ``processes`` run at once; who would have to wait longer
than ``patience_s`` is told so. One person may ask ``burst`` times at once and ``per_s`` times a second in the long run.

Usage::

    with intake.receive(expected_bytes=…) as inbox: ...
    report = checker.check(inbox.upload, known=trust.known(), now=now)
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from server.papers.sealed import SealedFile
from server.signatures.errors import REFUSALS, CheckBusy, CheckEmpty, CheckFailed
from server.trust.model import Kept
from server.trust.ports import Authority
from wire.errors import BadField
from wire.fields import Fields, print_instant

_ROOT: Final = Path(__file__).resolve().parents[2]
_REPORT_BYTES: Final = 4 * 2**20
#: What a refusal may say beside its code.
_NUMBERS: Final = ("count", "limit")


class SignatureChecker:
    """Runs ``server.signatures.inspection``; for all threads."""

    def __init__(self, processes: int = 2, *, timeout_s: float = 120.0, patience_s: float = 15.0) -> None:
        self._slots: Final = threading.BoundedSemaphore(processes)
        self._timeout_s: Final = timeout_s
        self._patience_s: Final = patience_s

    def check(
        self, upload: SealedFile, *, authorities: Sequence[Authority], kept: Sequence[Kept], now: dt.datetime
    ) -> dict[str, Any]:
        """``{sha256, worst, signatures}``; raises :class:`CheckRefused`, :class:`CheckBusy`."""
        if not upload.exists:
            raise CheckEmpty
        question = {
            "file": upload.to_value(),
            "now": print_instant(now),
            "anchors": [_text(one.facts.der) for one in authorities if one.trusted],
            "others": [_text(one.facts.der) for one in authorities if not one.trusted],
            "kept": [_kept(one) for one in kept],
        }
        if not self._slots.acquire(timeout=self._patience_s):
            raise CheckBusy(wait_s=30)
        try:
            answer = Fields(self._ask(question), "inspection")
        finally:
            self._slots.release()
        try:
            return _read(answer)
        except BadField as exc:
            raise CheckFailed from exc

    def _ask(self, question: dict[str, Any]) -> Any:
        # The key of the file goes through the pipe, never by argument or environment.
        try:
            done = subprocess.run(
                [sys.executable, "-m", "server.signatures.inspection"],
                input=json.dumps(question).encode("utf-8"),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=self._timeout_s,
                check=True,
            )
            if len(done.stdout) > _REPORT_BYTES:
                raise CheckFailed
            return json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError):
            # What they say may quote the question: it does not travel on.
            raise CheckFailed from None


def _read(answer: Fields) -> dict[str, Any]:
    if answer.has("refused"):
        code = answer.choice("refused", frozenset(REFUSALS))
        data = answer.object("data")
        raise REFUSALS[code](**{name: data.number(name) for name in _NUMBERS if data.has(name)})
    return answer.free("report", limit_bytes=_REPORT_BYTES)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "about": one.about,
        "der": _text(one.der),
        "made_at": print_instant(one.made_at),
        "next_at": None if one.next_at is None else print_instant(one.next_at),
        "fetched_at": print_instant(one.fetched_at),
    }
