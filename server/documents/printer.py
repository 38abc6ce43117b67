"""Asks the process that sets documents.

Rules: what is printed is what a document says at ``at``: the same document and moment give the same bytes. The process
may crash or run out of time; that is PrinterFailed, never a fault of the server. It gets the document through a pipe.

Usage::

    pdf = Printer().print(document, at=now)       # PDF/A-2a and PDF/UA-1
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from server.documents.attaching import Attachment
from server.documents.errors import PrinterFailed
from server.documents.model import Document

_LOG: Final = logging.getLogger("documents")
_ROOT: Final = Path(__file__).resolve().parents[2]
#: Letters of the library's own words that go to the log: they name the place in the layout, not the text.
_WORDS: Final = 300


class Printer:
    """Runs ``server.documents.printing``; for all threads."""

    def __init__(self, processes: int = 2, timeout_s: float = 60.0) -> None:
        self._slots: Final = threading.BoundedSemaphore(processes)
        self._timeout_s: Final = timeout_s

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The PDF; raises DocumentTooLong, PrinterFailed."""
        files = [_file(each) for each in document.attachments]
        question = {"document": document.to_value(), "at": int(at.timestamp()), "files": files}
        with self._slots:
            try:
                done = subprocess.run(
                    [sys.executable, "-m", "server.documents.printing"],
                    input=json.dumps(question).encode("utf-8"),
                    capture_output=True,
                    cwd=_ROOT,
                    env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                    timeout=self._timeout_s,
                    check=True,
                )
            except subprocess.CalledProcessError as exc:
                why = exc.stderr[-_WORDS:].decode(errors="replace")
                _LOG.error("no document was set (exit %d): %s", exc.returncode, why)
                raise PrinterFailed from None
            except (subprocess.SubprocessError, OSError):
                raise PrinterFailed from None
        if not done.stdout.startswith(b"%PDF-"):
            raise PrinterFailed
        return done.stdout


def _file(found: Attachment) -> dict[str, Any]:
    return {
        "name": found.name,
        "mime": found.mime,
        "description": found.description,
        "relationship": found.relationship,
        "data": base64.b64encode(found.data).decode("ascii"),
    }
