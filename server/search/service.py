"""Keeps the index true, and looks into it.

Rules: rights are those of this moment: every hit is judged by the newest state of its meeting, which is kept here and
follows every committed change at once; what changed in titles and papers is put into the index by a thread of its own,
soon after. At a start that thread reads everything anew, the newest meetings first, and answers say how much it has
still to read. A paper's words are taken out of its file once and kept sealed; what cannot
be read is found by its title.

Usage::

    search.start()
    search.find(parse("nghị quyết"), seeker, Limits())
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sealing.errors import UnwrapFailed
from server.errors import ServerError, Unavailable
from server.search.errors import Unreadable
from server.search.index import COVER, Hit, Index
from server.search.model import (
    Entry,
    Kind,
    Limits,
    Marked,
    Seeker,
    Wanted,
    beginning,
    entries,
    excerpt,
    is_recalled,
    marked,
    may_find,
    of_minutes,
)
from server.search.model import pages as words_of
from server.search.ports import Letters, Meetings, Minutes, Pages, Papers, Texts
from server.unit import UnitOfWork
from wire.events import Event
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.phases import Phase
from wire.speaking import Speaking
from wire.state import MeetingState, Recall
from wire.topics import PaperVersion

PAGE: Final = 20
#: Meetings whose minutes are searched.
WRITTEN: Final = frozenset({Phase.CLOSED, Phase.LOCKED})
#: Of all pages together, some forty thousand of them; what comes after is found by its title.
MAX_LETTERS: Final = 100_000_000
#: Until the next look at a database that was away.
_AGAIN_S: Final = 5.0
_LOG: Final = logging.getLogger("search")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the search works with."""

    unit: UnitOfWork
    meetings: Meetings
    papers: Papers
    texts: Texts
    pages: Pages
    minutes: Minutes
    letters: Letters


@dataclass(slots=True)
class _Found:
    """One entry that is told of: the best page, and how many there are."""

    hit: Hit
    state: MeetingState
    pages: int = 1


class SearchService:
    """All that can be found."""

    def __init__(self, tools: Tools) -> None:
        self._tools: Final = tools
        self._index: Final = Index()
        self._states: Final[dict[MeetingId, MeetingState]] = {}
        self._known: Final[dict[MeetingId, set[Entry]]] = {}
        #: meetings whose minutes are for their members
        self._shared: Final[set[MeetingId]] = set()
        #: how often something was changed that is in no log
        self._changes: Final[Counter[MeetingId]] = Counter()
        #: what the thread has to look at, in this order; one word for many changes
        self._waiting: Final[OrderedDict[MeetingId, None]] = OrderedDict()
        self._changed: Final = threading.Condition()
        self._ending = False
        self._begun = False
        self._thread: threading.Thread | None = None

    # Following

    def announce(
        self,
        meeting: MeetingId,
        events: Sequence[Event],  # noqa: ARG002 - the port's signature
        *,
        before: MeetingState,
        after: MeetingState,
    ) -> None:
        """A committed change: what it closes to somebody is closed at once."""
        if after.rehearsal is not None:
            return
        with self._changed:
            self._states[meeting] = _kept(after)
            if _is_told_anew(before, after):
                self._waiting[meeting] = None
                self._changed.notify()

    def changed(self, meeting: MeetingId) -> None:
        """Somebody wrote in the minutes, or shared them."""
        with self._changed:
            self._changes[meeting] += 1
            self._waiting[meeting] = None
            self._changed.notify()

    def start(self) -> None:
        """Read everything there is, and go on by itself."""
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and forget everything."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._index.close()

    def catch_up(self) -> None:
        """Do now, on this thread, what waits; raises Unavailable."""
        if not self._begun:
            self._begin()
        while (meeting := self._next()) is not None:
            self._look_at(meeting)

    # Finding

    def find(self, wanted: Wanted, seeker: Seeker, limits: Limits, *, offset: int = 0) -> dict[str, Any]:
        """``{total, waiting, results}``, :data:`PAGE` results from ``offset`` on, the best first (docs/API.md)."""
        found: dict[tuple[Kind, MeetingId, str], _Found] = {}
        judged: dict[Entry, bool] = {}
        for hit in self._index.find(wanted.expression):
            entry = hit.entry
            state = self._states.get(entry.meeting)
            if state is None:
                continue
            if entry not in judged:
                shared = entry.meeting in self._shared
                judged[entry] = limits.allow(entry, state) and may_find(entry, state, seeker, shared=shared)
            if not judged[entry] or (hit.page != COVER and is_recalled(entry, state)):
                continue
            known = found.get(entry.row)
            if known is None:
                found[entry.row] = _Found(hit, state)
            else:
                known.pages += hit.page != COVER and hit.entry.kind is Kind.PAPER
                known.hit = max(known.hit, hit, key=_says_more)
        shown = list(found.values())[offset : offset + PAGE]
        return {
            "total": len(found),
            "waiting": len(self._waiting) if self._begun else None,
            "results": [self._told(each, wanted) for each in shown],
        }

    def _told(self, found: _Found, wanted: Wanted) -> dict[str, Any]:
        hit, state, pattern = found.hit, found.state, wanted.pattern
        begins = state.starts_at
        on_page = excerpt(self._index.text(hit), pattern) if hit.page != COVER else ()
        if not on_page and hit.entry.kind is Kind.CONCLUSION:
            on_page = beginning("\n".join(words_of(hit.entry, state)))
        return {
            "kind": hit.entry.kind.value,
            "meeting": {
                "id": hit.entry.meeting,
                "title": state.title,
                "type": state.kind,
                "phase": state.phase.value,
                "starts_at": None if begins is None else print_instant(begins),
            },
            "ref": hit.entry.ref,
            "version": hit.entry.version,
            "recalled": is_recalled(hit.entry, state),
            "page": hit.page,
            "more_pages": max(0, found.pages - 1),
            "title": _value(marked(hit.entry.title, pattern)),
            "excerpt": _value(on_page),
        }

    # Reading

    def _run(self) -> None:
        while not self._ending:
            try:
                self.catch_up()
            except Unavailable:
                _LOG.warning("the database is away; what waits is read later")
                self._rest(_AGAIN_S)
            else:
                self._rest(None)

    def _rest(self, longest_s: float | None) -> None:
        with self._changed:
            if not self._ending and (longest_s is not None or not self._waiting):
                self._changed.wait(longest_s)

    def _begin(self) -> None:
        known = self._tools.meetings.known()
        with self._changed:
            for meeting in known:
                self._waiting.setdefault(meeting)
            self._begun = True

    def _next(self) -> MeetingId | None:
        """The next to look at; it stays until it was looked at."""
        with self._changed:
            return None if self._ending else next(iter(self._waiting), None)

    def _look_at(self, meeting: MeetingId) -> None:
        looked, changes = 0, self._changes[meeting]
        try:
            newest = self._tools.meetings.state(meeting)
            looked = newest.seq
            with self._changed:
                told = self._states.get(meeting)
                if told is None or told.seq <= looked:
                    self._states[meeting] = _kept(newest)
            self._put(meeting, newest)
        except Unavailable:
            raise
        except ServerError as exc:
            _LOG.warning("%s is not searched: %s", meeting, exc.code)
        except Exception:  # noqa: BLE001 - one meeting must not keep the others from being found
            _LOG.exception("%s is not searched", meeting)
        with self._changed:
            told = self._states.get(meeting)
            # What was told meanwhile is looked at once more, unless nothing can be looked at.
            same = told is None or not looked or told.seq <= looked or self._has(meeting, told)
            if same and changes == self._changes[meeting]:
                self._waiting.pop(meeting, None)

    def _has(self, meeting: MeetingId, state: MeetingState) -> bool:
        """Whether what can be found of the log is in the index."""
        known = self._known.get(meeting, set())
        return {entry for entry in known if entry.kind is not Kind.MINUTES} == set(entries(state, meeting))

    def _put(self, meeting: MeetingId, newest: MeetingState) -> None:
        minutes = self._minutes(meeting, newest)
        wanted = set(entries(newest, meeting)) | set(minutes)
        known = self._known.setdefault(meeting, set())
        for entry in known - wanted:
            self._index.drop(entry)
            known.discard(entry)
        for entry in sorted(wanted - known):
            if self._ending:
                return
            pages = minutes[entry] if entry.kind is Kind.MINUTES else self._pages(entry, newest)
            if self._index.letters + sum(map(len, pages)) > MAX_LETTERS:
                _LOG.warning("of a %s of %s no words are searched: the index is full", entry.kind.value, meeting)
                pages = []
            self._index.put(entry, pages)
            known.add(entry)

    def _minutes(self, meeting: MeetingId, state: MeetingState) -> dict[Entry, list[str]]:
        """What can be found of them; of a meeting that is over, for while it goes on every act of it changes them."""
        now = None
        if state.phase in WRITTEN and state.rehearsal is None:
            try:
                now = self._tools.minutes.now(meeting)
            except Unavailable:
                raise
            except Exception:  # noqa: BLE001 - what the log itself says is found all the same
                _LOG.exception("the minutes of %s are not searched", meeting)
        with self._changed:
            (self._shared.add if now is not None and now.shared else self._shared.discard)(meeting)
        return {} if now is None else of_minutes(meeting, now.sections)

    def _pages(self, entry: Entry, state: MeetingState) -> list[str]:
        if entry.kind is Kind.PAPER:
            return self._words(entry.paper)
        if entry.kind is Kind.LETTER:
            # With its number on the same page, so that who knows both finds it by both.
            return [f"{entry.title}\n{self._tools.letters.words(entry.ref)}"]
        return words_of(entry, state)

    def _words(self, version: PaperVersion) -> list[str]:
        """The text of each page, read now or long ago; nothing of what cannot be read."""
        tools = self._tools
        try:
            with tools.unit.read() as tx:
                kept = tools.texts.find(tx, version)
        except Unreadable as exc:
            _LOG.warning("%s; it is read again", exc)
            kept = None
        if kept is not None:
            return kept
        try:
            document = tools.papers.file(version)
            pages = [] if document is None else tools.pages.read(document)
        except (Unreadable, UnwrapFailed) as exc:
            _LOG.warning("%s; %s is found by its title only", exc, version)
            return []
        self._keep(version, pages)
        return pages

    def _keep(self, version: PaperVersion, pages: Sequence[str]) -> None:
        """For the next start; a disk that is full keeps nobody from finding it now."""
        sealed = self._tools.texts.seal(version, pages)
        try:
            with self._tools.unit.begin() as tx:
                self._tools.texts.put(tx, sealed)
        except Unavailable:
            _LOG.warning("the words of %s could not be kept; they are read again at the next start", version)


def _kept(state: MeetingState) -> MeetingState:
    """What rights hang on and results tell, of a house's meetings all at once: no votes, no turns, no presence."""
    return replace(
        state, votes=(), attendance=(), speaking=Speaking(), notices=(), calls=(), rounds=(), recall=Recall()
    )


def _is_told_anew(before: MeetingState, after: MeetingState) -> bool:
    """Whether something that is searched differs."""
    told = [
        (
            *(state.title, state.kind, state.room_name, state.agenda, state.papers, state.conclusions, state.letters),
            state.before.remarks,
            # Of a meeting that is over the minutes say who came, and are for members once they are signed.
            (state.attendance, state.rounds) if state.phase in WRITTEN else None,
        )
        for state in (before, after)
    ]
    return told[0] != told[1]


def _says_more(hit: Hit) -> tuple[bool, bool]:
    """Of an item and its conclusion that is shown, and of it its words; of a paper what came first stays."""
    is_concluded = hit.entry.kind is Kind.CONCLUSION
    return is_concluded, is_concluded and hit.page != COVER


def _value(pieces: Marked) -> list[list[Any]]:
    return [[text, is_hit] for text, is_hit in pieces]
