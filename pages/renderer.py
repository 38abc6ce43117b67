"""The front of the rendering processes: ask from any thread, get bytes and values.

Rules: a process answers one question at a time; it is started when it is first needed, and killed
when it crashes, lies or takes too long – the question then raises :class:`RenderFailed` and the
next one gets a new process. What comes back is checked: the process has read a stranger's file.
``forget`` ends all processes, and with them every key and every word they hold (P7).

Usage::

    renderer = Renderer(processes=2)
    renderer.text(document, 3).words
    renderer.close()
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pages import answers, pipe
from pages.errors import BY_CODE, RendererClosed, RenderFailed
from pages.model import Document, Hit, Outline, PageText, width_step

_ROOT: Final = Path(__file__).resolve().parent.parent
#: Pages searched with one question: renders of other readers come in between.
_SEARCH_PAGES: Final = 25
_MAX_QUERY: Final = 200
_REMEMBERED: Final = 4


class Renderer:
    """Up to ``processes`` rendering processes, ``timeout_s`` for each answer. For all threads."""

    def __init__(self, processes: int = 1, timeout_s: float = 20.0) -> None:
        self._timeout_s: Final = timeout_s
        self._changed: Final = threading.Condition()
        self._idle: list[_Child] = [_Child() for _ in range(processes)]
        self._all: tuple[_Child, ...] = tuple(self._idle)
        self._closed = False

    def render(self, document: Document, page: int, *, width: int, mark: str | None = None) -> bytes:
        """The page as WebP, ``width`` rounded up by :func:`width_step`, ``mark`` drawn across it."""
        question = {"op": "render", "page": page, "width": width_step(width), "mark": mark}
        return answers.webp(self._ask(document, question)[1])

    def text(self, document: Document, page: int) -> PageText:
        """The words of the page and where they stand."""
        return answers.page_text(self._ask(document, {"op": "text", "page": page})[0])

    def search(self, document: Document, query: str) -> list[Hit]:
        """The pages that hold ``query`` (accents, đ and case do not matter), in order."""
        if not query.strip():
            return []
        hits: list[Hit] = []
        pages = len(self.outline(document).sizes)
        for first in range(1, pages + 1, _SEARCH_PAGES):
            question = {"op": "search", "query": query[:_MAX_QUERY], "first": first, "last": first + _SEARCH_PAGES - 1}
            hits += answers.hits(self._ask(document, question)[0])
        return hits

    def outline(self, document: Document) -> Outline:
        """The size of every page, and the bookmarks."""
        return answers.outline(self._ask(document, {"op": "outline"})[0])

    def warm(self) -> None:
        """Start the processes before they are needed."""
        with self._changed:
            for child in self._idle:
                child.start()

    def pids(self) -> tuple[int, ...]:
        """The processes that run now, for who watches them."""
        return tuple(pid for child in self._all if (pid := child.pid) is not None)

    @property
    def idle(self) -> int:
        """How many processes wait for a question."""
        with self._changed:
            return len(self._idle)

    def forget(self) -> None:
        """End all processes now, also in the middle of an answer; new ones start when asked."""
        for child in self._all:
            child.kill()

    def close(self) -> None:
        """End all processes for good."""
        with self._changed:
            self._closed = True
            for child in self._idle:
                child.end()
            self._changed.notify_all()
        self.forget()

    def _ask(self, document: Document, question: dict[str, Any]) -> tuple[Any, bytes]:
        message = question | {
            "timeout_s": self._timeout_s + 1,
            "document": {
                "path": str(document.path.absolute()),
                "plain_bytes": document.plain_bytes,
                "paper": document.paper.paper,
                "version": document.paper.version,
            },
        }
        key = b"" if document.key is None else document.key.reveal()
        with self._child(str(document.path)) as child:
            header, blob = child.ask(message, key, timeout_s=self._timeout_s)
        if "error" in header:
            raise BY_CODE.get(str(header["error"]), RenderFailed)(str(header.get("reason", ""))[:200])
        if "ok" not in header:
            raise RenderFailed("an answer without a value")
        return header["ok"], blob

    @contextmanager
    def _child(self, path: str) -> Iterator[_Child]:
        """A process that is free, if possible one that has this paper open."""
        deadline = time.monotonic() + self._timeout_s
        with self._changed:
            self._changed.wait_for(lambda: self._idle or self._closed, deadline - time.monotonic())
            if self._closed:
                raise RendererClosed("the renderer is closed")
            if not self._idle:
                raise RenderFailed("all rendering processes are busy")
            child = next((c for c in self._idle if path in c.recent), self._idle[0])
            self._idle.remove(child)
        try:
            child.remember(path)
            yield child
        finally:
            self._take_back(child)

    def _take_back(self, child: _Child) -> None:
        with self._changed:
            if self._closed:
                child.end()
            self._idle.append(child)
            self._changed.notify()


class _Child:
    """One process: not started, running, or killed and to be started anew."""

    def __init__(self) -> None:
        self.recent: list[str] = []
        self._lock: Final = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def remember(self, path: str) -> None:
        """Note which paper it opens, newest first."""
        self.recent = [path, *(p for p in self.recent if p != path)][:_REMEMBERED]

    def ask(self, message: dict[str, Any], key: bytes, *, timeout_s: float) -> tuple[dict[str, Any], bytes]:
        """Header and blob of the answer; raises :class:`RenderFailed`, the process is gone then."""
        process = self.start()
        if process.stdin is None or process.stdout is None:
            raise RenderFailed("a process without pipes")
        try:
            pipe.send(process.stdin.fileno(), message, key)
            header, blob = pipe.receive(process.stdout.fileno(), timeout_s=timeout_s)
        except TimeoutError as exc:
            self.end()
            raise RenderFailed(f"no answer within {timeout_s:g} s") from exc
        except (OSError, EOFError, ValueError) as exc:
            self.end()
            raise RenderFailed("the rendering process ended") from exc
        if not isinstance(header, dict):
            self.end()
            raise RenderFailed("an answer that is no object")
        return header, blob

    def start(self) -> subprocess.Popen[bytes]:
        """The running process; a dead one is replaced. Only for the thread that has this child."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._reap()
                self._process = _spawn()
            return self._process

    def kill(self) -> None:
        """End the process at once, from any thread; its memory, keys and all, is the system's again.

        The pipes stay open: a thread may be reading one, and its number must not be given to
        another file under its feet. It sees the end of the answers and reaps.
        """
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def end(self) -> None:
        """Kill, and close the pipes. Only for the thread that has this child."""
        self.kill()
        with self._lock:
            self._reap()

    def _reap(self) -> None:
        if self._process is None:
            return
        for pipe_end in (self._process.stdin, self._process.stdout):
            if pipe_end is not None:
                pipe_end.close()
        self._process.wait()
        self._process = None
        self.recent = []


def _spawn() -> subprocess.Popen[bytes]:
    # A bare environment: nothing of ours leaks in, and `-m` finds this package in its own folder.
    return subprocess.Popen(
        [sys.executable, "-m", "pages.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        bufsize=0,
    )
