"""The rendering process: answers one question at a time on its pipes, and nothing else.

Rules: it limits itself before it reads anything – memory, files, time for one question, no core
dump – and ends when its parent does. At most :data:`KEPT_OPEN` papers stay open.

Usage: started by ``pages.renderer``, as ``python -m pages.child``.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections import OrderedDict
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any, Final

from pages import pipe
from pages.errors import PagesError, RenderFailed
from pages.model import Document
from pages.reading import OpenPaper, rehearse
from wire.ids import PaperId
from wire.secret import Secret
from wire.topics import PaperVersion

KEPT_OPEN: Final = 4
MEMORY_BYTES: Final = 2 * 2**30
OPEN_FILES: Final = 32
NICENESS: Final = 5
#: Of PDFium into Python: one for each paper that is open, and some for its forms.
CALLBACKS: Final = 60
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38

Answer = tuple[Any, bytes]


class Desk:
    """Keeps the papers that were asked for last, and answers questions about them."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[object, ...], tuple[OpenPaper, Secret | None]] = OrderedDict()

    def answer(self, question: dict[str, Any], key: Secret | None) -> Answer:
        """Value and blob; raises :class:`PagesError`."""
        document = _document(question["document"], key)
        paper = self._paper(document)
        try:
            return _ANSWERS[question["op"]](paper, question)
        finally:
            if paper.damaged:
                self._forget(document)

    def _paper(self, document: Document) -> OpenPaper:
        name = _name(document)
        known = self._open.get(name)
        if known is not None and known[1] == document.key:
            self._open.move_to_end(name)
            return known[0]
        self._forget(document)
        while len(self._open) >= KEPT_OPEN:
            self._open.popitem(last=False)[1][0].close()
        paper = OpenPaper(document)
        self._open[name] = (paper, document.key)
        return paper

    def _forget(self, document: Document) -> None:
        known = self._open.pop(_name(document), None)
        if known is not None:
            known[0].close()


def _name(document: Document) -> tuple[object, ...]:
    if document.key is not None:
        return (document.path, document.paper, document.plain_bytes)
    try:
        found = document.path.stat()
    except OSError:
        return (document.path, document.paper)
    return (document.path, document.paper, found.st_ino, found.st_size, found.st_mtime_ns)


def _document(value: dict[str, Any], key: Secret | None) -> Document:
    return Document(
        path=Path(value["path"]),
        plain_bytes=value["plain_bytes"],
        paper=PaperVersion(PaperId(value["paper"]), value["version"]),
        key=key,
    )


def _render(paper: OpenPaper, question: dict[str, Any]) -> Answer:
    return None, paper.render(question["page"], width=question["width"], mark=question["mark"])


def _text(paper: OpenPaper, question: dict[str, Any]) -> Answer:
    width, height, words = paper.text(question["page"])
    return {"width": width, "height": height, "words": words}, b""


def _search(paper: OpenPaper, question: dict[str, Any]) -> Answer:
    hits = paper.search(question["query"], first=question["first"], last=question["last"])
    return [astuple(hit) for hit in hits], b""


def _outline(paper: OpenPaper, question: dict[str, Any]) -> Answer:
    return {"sizes": paper.sizes(), "entries": [asdict(entry) for entry in paper.entries()]}, b""


_ANSWERS: Final = {"render": _render, "text": _text, "search": _search, "outline": _outline}


def make_room_for_callbacks() -> None:
    """Have the memory of callbacks made while a file may still be written.

    Where no memory may be both written and run (systemd's MemoryDenyWriteExecute), libffi makes it from a file in
    memory, which :func:`limit_self` forbids. What is given back stays for those to come.
    """
    kind = ctypes.CFUNCTYPE(ctypes.c_int)
    kept = [kind(int) for _ in range(CALLBACKS)]
    kept.clear()


def limit_self() -> None:
    """Less memory, few files, no file written, no core dump, behind everybody else."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        lowered = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (lowered, lowered))
    os.nice(NICENESS)
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # another process of this user cannot read the keys
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def serve(questions: int, answers: int) -> None:
    """Answer until the questions end."""
    desk = Desk()
    while True:
        try:
            question, key = pipe.receive(questions)
        except EOFError:
            return
        # When PDFium hangs and the parent has died too, the process still ends.
        signal.setitimer(signal.ITIMER_REAL, question["timeout_s"])
        try:
            value, blob = desk.answer(question, Secret(key) if key else None)
            header = {"ok": value}
        except PagesError as exc:
            header, blob = {"error": exc.code, "reason": str(exc)}, b""
        except (OSError, RuntimeError, TypeError, ValueError) as exc:
            # Pillow and PDFium on a hostile page: this page fails, the next may not.
            header, blob = {"error": RenderFailed.code, "reason": type(exc).__name__}, b""
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send(answers, header, blob)


def main() -> None:
    """Take the two pipes away from everything that might print, then serve."""
    questions, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    make_room_for_callbacks()
    limit_self()
    rehearse()
    serve(questions, answers)


if __name__ == "__main__":
    main()
    sys.exit(0)
