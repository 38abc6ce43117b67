"""Drawn pages: asked of the renderer once, kept in memory, prefetched around the page in front.

Rules P6, P7: every page carries the reader's mark – name, seat and time, to ten minutes; nothing drawn touches a disk;
:meth:`Pictures.hide` empties everything and ends the renderer with its keys; what was being drawn then is thrown away,
and the renderer ended once more, for it may have been given a key meanwhile. A ``ticket``, taken before the screen was
looked at, keeps a thread that is late from drawing what the screen no longer allows. Prefetching yields to people: one
page at a time, forgotten when the reader jumps.

Usage::

    webp = pictures.page(document, 3, width=1200, mark="Nguyễn Văn A · A1 · 21/11/2026 09:10")
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol, TypeVar

from edge.errors import PaperNotHere
from pages.errors import PagesError, PaperIncomplete
from pages.model import Document, Hit, Outline, PageText, width_step
from wire.topics import PaperVersion

AROUND: Final = 2
THUMB_WIDTH: Final = 160
_T = TypeVar("_T")
_LOG: Final = logging.getLogger("phonghop.seat.page")


class Draws(Protocol):
    """What is needed of :class:`pages.renderer.Renderer`."""

    def render(self, document: Document, page: int, *, width: int, mark: str | None = None) -> bytes:
        """A page as WebP."""
        ...

    def text(self, document: Document, page: int) -> PageText:
        """The words of a page."""
        ...

    def search(self, document: Document, query: str) -> list[Hit]:
        """Where the query stands."""
        ...

    def outline(self, document: Document) -> Outline:
        """Page sizes and bookmarks."""
        ...

    def forget(self) -> None:
        """End all processes, and the keys in them."""
        ...


class _Key(NamedTuple):
    paper: PaperVersion
    page: int
    width: int
    mark: str


class Pictures:
    """A cache in front of the renderer, and one thread that draws ahead."""

    def __init__(self, renderer: Draws, *, max_bytes: int, damaged: Callable[[PaperVersion], None]) -> None:
        self._renderer: Final = renderer
        self._max_bytes: Final = max_bytes
        self._damaged: Final = damaged
        self._lock: Final = threading.Lock()
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()
        self._bytes = 0
        self._generation = 0
        self._people = 0
        self._ahead: deque[tuple[_Key, Document, int]] = deque()
        self._wake: Final = threading.Condition(self._lock)
        self._stopped = False
        self._thread: Final = threading.Thread(target=self._draw_ahead, name="ahead", daemon=True)

    def start(self) -> None:
        """Begin to draw ahead."""
        self._thread.start()

    def stop(self) -> None:
        """Draw no more."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()

    @property
    def ticket(self) -> int:
        """What a thread shows again with what it has read off the screen since."""
        with self._lock:
            return self._generation

    def page(
        self, document: Document, page: int, *, width: int, mark: str, pages: int, ticket: int | None = None
    ) -> bytes:
        """A page as WebP; raises :class:`pages.errors.PagesError`. ``pages``: how many the paper has."""
        key = _Key(document.paper, page, width_step(width), mark)
        with self._lock:
            generation = self._current(ticket)
            drawn = self._kept.get(key)
            if drawn is not None:
                self._kept.move_to_end(key)
        if drawn is None:
            drawn = self._for_person(
                document, lambda: self._renderer.render(document, page, width=key.width, mark=mark), generation
            )
            self._keep(key, drawn, generation)
        if key.width > THUMB_WIDTH:
            self._plan_ahead(key, document, generation, pages=pages)
        return drawn

    def ahead(self, document: Document, page: int, *, width: int, mark: str, ticket: int | None = None) -> None:
        """Draw a page that somebody may open, when nothing else is to be drawn; nobody waits for it."""
        key = _Key(document.paper, page, width_step(width), mark)
        with self._wake:
            generation = self._current(ticket)
            if key not in self._kept and all(key != waiting for waiting, _, _ in self._ahead):
                self._ahead.append((key, document, generation))
                self._wake.notify_all()

    def text(self, document: Document, page: int, *, ticket: int | None = None) -> PageText:
        """The words of a page."""
        return self._for_person(document, lambda: self._renderer.text(document, page), ticket)

    def search(self, document: Document, query: str, *, ticket: int | None = None) -> list[Hit]:
        """Where the query stands."""
        return self._for_person(document, lambda: self._renderer.search(document, query), ticket)

    def outline(self, document: Document, *, ticket: int | None = None) -> Outline:
        """Page sizes and bookmarks."""
        return self._for_person(document, lambda: self._renderer.outline(document), ticket)

    def hide(self) -> None:
        """Keep nothing; the renderer's processes end."""
        with self._wake:
            self._generation += 1
            self._kept.clear()
            self._bytes = 0
            self._ahead.clear()
        self._renderer.forget()

    @property
    def kept(self) -> int:
        """How many pages are in memory."""
        with self._lock:
            return len(self._kept)

    def _for_person(self, document: Document, ask: Callable[[], _T], ticket: int | None) -> _T:
        with self._lock:
            generation = self._current(ticket)
            self._people += 1
        try:
            found = ask()
        except PagesError as exc:
            # The process was ended under this question: no fault, and nobody's to be told.
            if self._is_hidden(generation):
                raise PaperNotHere from exc
            if isinstance(exc, PaperIncomplete):
                self._damaged(document.paper)
            raise
        finally:
            with self._wake:
                self._people -= 1
                self._wake.notify_all()
            hidden = self._forget_if_hidden(generation)
        if hidden:
            # What was drawn for somebody who has left meanwhile is shown to nobody.
            raise PaperNotHere
        return found

    def _current(self, ticket: int | None) -> int:
        """The generation, which must be that of ``ticket``; with the lock held."""
        if ticket is not None and ticket != self._generation:
            raise PaperNotHere
        return self._generation

    def _forget_if_hidden(self, generation: int) -> bool:
        """A question that came to the renderer after it was ended has started it again, with the key."""
        hidden = self._is_hidden(generation)
        if hidden:
            self._renderer.forget()
        return hidden

    def _is_hidden(self, generation: int) -> bool:
        with self._lock:
            return generation != self._generation

    def _keep(self, key: _Key, drawn: bytes, generation: int) -> None:
        with self._lock:
            if generation != self._generation or key in self._kept:
                return
            self._kept[key] = drawn
            self._bytes += len(drawn)
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                self._bytes -= len(self._kept.popitem(last=False)[1])

    def _plan_ahead(self, key: _Key, document: Document, generation: int, *, pages: int) -> None:
        """The pages around this one, nearest first, then their small pictures; what was planned before is dropped."""
        near = [key.page + step for distance in range(1, AROUND + 1) for step in (distance, -distance)]
        wanted = [key._replace(page=page) for page in near if 1 <= page <= pages]
        wanted += [each._replace(width=THUMB_WIDTH) for each in wanted]
        with self._wake:
            self._ahead = deque((each, document, generation) for each in wanted if each not in self._kept)
            self._wake.notify_all()

    def _draw_ahead(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopped or (self._ahead and not self._people))
                if self._stopped:
                    return
                key, document, generation = self._ahead.popleft()
            try:
                drawn = self._renderer.render(document, key.page, width=key.width, mark=key.mark)
            except PagesError as exc:
                # Whoever turns to this page is told; ahead of them it is no news.
                _LOG.debug("not drawn ahead: %s", exc.code)
            else:
                self._keep(key, drawn, generation)
            self._forget_if_hidden(generation)
