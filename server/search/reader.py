"""Asks the process that takes the words out of papers.

Rules: one at a time, behind everybody else; it may crash, hang or lie, and the paper is then found by its title only.

Usage: ``pages = PaperPages().read(document)``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final, cast

from pages.model import Document
from server.search.errors import Unreadable
from wire.manifest import MAX_PAGES

_ROOT: Final = Path(__file__).resolve().parents[2]
#: Two million letters, every one of them escaped, and the commas between the pages.
_ANSWER_BYTES: Final = 16 * 2**20


class PaperPages:
    """Runs ``server.search.reading``."""

    def __init__(self, timeout_s: float = 180.0, *, program: Sequence[str] = ("-m", "server.search.reading")) -> None:
        self._timeout_s: Final = timeout_s
        self._program: Final = program

    def read(self, document: Document) -> list[str]:
        """The text of each page, empty where there is none; raises Unreadable."""
        paper, key = document.paper, document.key
        question = {
            "path": str(document.path.absolute()),
            "paper": paper.paper,
            "version": paper.version,
            "plain_bytes": document.plain_bytes,
            "key": "" if key is None else key.reveal().hex(),
        }
        try:
            found = json.loads(self._ask(json.dumps(question).encode("utf-8")))
        except (OSError, ValueError):
            # What they say may quote the question: it does not travel on.
            raise Unreadable(f"the words of {paper} cannot be read") from None
        if not isinstance(found, list) or len(found) > MAX_PAGES or not all(isinstance(each, str) for each in found):
            raise Unreadable(f"the words of {paper} are not text")
        return found

    def _ask(self, question: bytes) -> bytes:
        """The answer, empty when the process fails, takes too long or says more than anything has to say."""
        with subprocess.Popen(  # noqa: S603 - our own interpreter, and a program that is named here
            [sys.executable, *self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        ) as child:
            # Both are pipes of this process, which are never None.
            given, told = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
            watch = threading.Timer(self._timeout_s, child.kill)
            watch.start()
            try:
                given.write(question)
                given.close()
                answer = told.read(_ANSWER_BYTES + 1)
            finally:
                watch.cancel()
                child.kill()
        return answer if len(answer) <= _ANSWER_BYTES else b""
