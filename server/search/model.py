"""What is looked for, what can be found, and who may find it.

Rules: words are compared as people type them: without accents, without đ, in any case. Every word has to be there; the
last one may be begun only; words in quotation marks stand together. A meeting is found by who may see it, an item by
who may know of it, a paper by who may read that version of it – and then only the newest one they may read. What the
ordinary build keeps no content of (P4) and what belongs to a rehearsal (M5) is not found at all.
A paper that was recalled is found by its title alone, and said to be recalled (P7). What was concluded of an item is
found by who may know of the item; an issued document by its number and its words, by the meeting's members and those
who prepare. The minutes of a meeting that is over are found item by item: by who leads, prepares or audits at any time,
by members once they were shared or put up for signing, and of no item that they may not know of (BB9). What was said
before the meeting is found by who reads it there (W143).

Usage::

    wanted = parse('nghị quyết "số 12" phat')
    [entry for entry in entries(state) if may_find(entry, state, seeker)]
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from pages.folding import by_letter, composed
from server.before.sight import Reader as RemarkReader
from server.before.sight import Sight
from server.letters.model import Kind as LetterKind
from server.meetings.commands import By
from server.meetings.model import may_see
from server.minutes.model import leads
from server.papers.model import Reader, keeps_content, may_read
from server.search.errors import NothingAsked, TooMuchAsked
from wire.before import Remark
from wire.ids import MeetingId, PaperId
from wire.places import is_recused
from wire.state import MeetingState, MemberRole, PaperState
from wire.topics import PaperVersion
from wire.visibility import sees

MAX_QUERY: Final = 200
MAX_WORDS: Final = 16
LEAST: Final = 2
_TERM: Final = re.compile(r'"([^"]*)"|([^\s"]+)')
_WORD: Final = re.compile(r"[^\W_]+")
_BEFORE, _AFTER = 60, 140
#: Of a page where the words stand everywhere, as many places are looked at.
_PLACES: Final = 400
_LETTERS: Final = frozenset(each.value for each in LetterKind)


class Kind(enum.StrEnum):
    """What can be found."""

    MEETING = "meeting"
    ITEM = "item"
    PAPER = "paper"
    CONCLUSION = "conclusion"
    LETTER = "letter"
    MINUTES = "minutes"
    REMARK = "remark"


class Entry(NamedTuple):
    """One thing that can be found: ``ref`` the id of the item, paper, document or remark, ``about`` words beside the
    title.

    ``version``: of a paper; of a conclusion the number of the event that wrote it; of minutes and remarks a sum
    over their words. Of minutes ``ref`` is the item, empty of what is about none.
    """

    kind: Kind
    meeting: MeetingId
    ref: str = ""
    version: int = 0
    title: str = ""
    about: str = ""

    @property
    def row(self) -> tuple[Kind, MeetingId, str]:
        """What is told of in one row: an item and what was concluded of it are one thing."""
        return Kind.ITEM if self.kind is Kind.CONCLUSION else self.kind, self.meeting, self.ref

    @property
    def paper(self) -> PaperVersion:
        """The version, of a paper."""
        return PaperVersion(PaperId(self.ref), self.version)


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who looks: with the secretary's role on this server, or the auditor's."""

    person: str
    is_secretary: bool = False
    is_auditor: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Of what is found, only this. ``since`` and ``until`` are about the meeting's beginning, the end not included."""

    kinds: frozenset[Kind] = frozenset(Kind)
    type: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def allow(self, entry: Entry, state: MeetingState) -> bool:
        """Whether the entry, of the meeting ``state``, is asked for."""
        begins = state.starts_at
        return (
            entry.kind in self.kinds
            and self.type in {"", state.kind}
            and (self.since is None or (begins is not None and begins >= self.since))
            and (self.until is None or (begins is not None and begins < self.until))
        )


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together; ``is_begun``: the last of them goes on."""

    words: tuple[str, ...]
    is_begun: bool = False

    @property
    def expression(self) -> str:
        """For FTS5. Words have letters and figures only: nothing in them is a command."""
        return f'"{" ".join(self.words)}"{"*" if self.is_begun else ""}'

    @property
    def pattern(self) -> str:
        """As a regular expression over folded text."""
        within, goes_on = r"[\W_]+".join(self.words), r"[^\W_]*" if self.is_begun else ""
        return rf"(?<![^\W_]){within}{goes_on}(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for."""

    terms: tuple[Term, ...]

    @property
    def expression(self) -> str:
        """Every term; where they stand in a row it counts more."""
        every = " AND ".join(term.expression for term in self.terms)
        if len(self.terms) == 1:
            return every
        row = Term(tuple(word for term in self.terms for word in term.words), self.terms[-1].is_begun)
        return f"({every}) OR {row.expression}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """Any term, over folded text."""
        return re.compile("|".join(term.pattern for term in self.terms))


def parse(text: str) -> Wanted:
    """What ``text`` asks for; raises :class:`NothingAsked`, :class:`TooMuchAsked`."""
    if len(text) > MAX_QUERY:
        raise TooMuchAsked(most=MAX_QUERY)
    folded = by_letter(composed(text))
    terms: list[Term] = []
    for match in _TERM.finditer(folded):
        words = tuple(_WORD.findall(match.group(1) or match.group(2) or ""))
        # The last word may be on its way still; one letter of it would be half the house.
        begun = match.group(2) is not None and match.end() == len(folded) and bool(words) and len(words[-1]) >= LEAST
        if words:
            terms.append(Term(words, is_begun=begun))
    found = [word for term in terms for word in term.words]
    if sum(map(len, found)) < LEAST:
        raise NothingAsked(least=LEAST)
    if len(found) > MAX_WORDS:
        raise TooMuchAsked(most=MAX_WORDS)
    return Wanted(tuple(terms))


def entries(state: MeetingState, meeting: MeetingId) -> list[Entry]:
    """Everything of a meeting that anybody might find."""
    if state.rehearsal is not None or not state.title:
        return []
    found = [Entry(Kind.MEETING, meeting, title=state.title, about=f"{state.kind}\n{state.room_name}")]
    found += [Entry(Kind.ITEM, meeting, item.item, title=item.title) for item in state.agenda]
    for paper in state.papers:
        if keeps_content(paper.secrecy):
            versions = sorted({paper.version, paper.published_version} - {0})
            found += [Entry(Kind.PAPER, meeting, paper.paper, each, title=paper.title) for each in versions]
    titles = {item.item: item.title for item in state.agenda}
    found += [
        Entry(Kind.CONCLUSION, meeting, each.item, each.seq, title=titles[each.item])
        for each in state.conclusions
        if each.item in titles
    ]
    found += [
        Entry(Kind.LETTER, meeting, each.letter, title=f"{LetterKind(each.kind).heading} {each.number}".strip())
        for each in state.letters
        if each.is_out and each.kind in _LETTERS
    ]
    found += [
        Entry(Kind.REMARK, meeting, each.remark, zlib.crc32(_said(each).encode()))
        for each in state.before.remarks
        if not each.withdrawn
    ]
    return found


def _said(remark: Remark) -> str:
    """Its words, and those of its answer."""
    return remark.text if remark.answer is None else f"{remark.text}\n{remark.answer.text}"


class Section(NamedTuple):
    """A part of the minutes. ``item`` empty: about no item of the agenda."""

    item: str
    title: str
    text: str


def of_minutes(meeting: MeetingId, sections: Iterable[Section]) -> dict[Entry, list[str]]:
    """What can be found of a meeting's minutes, with its words."""
    found: dict[Entry, list[str]] = {}
    by_item: dict[str, list[Section]] = {}
    for section in sections:
        by_item.setdefault(section.item, []).append(section)
    for item, parts in by_item.items():
        text = "\n".join(part.text for part in parts)
        title = parts[0].title if item else ""
        found[Entry(Kind.MINUTES, meeting, item, zlib.crc32(text.encode()), title=title)] = [text]
    return found


def pages(entry: Entry, state: MeetingState) -> list[str]:
    """The words of an entry that stand in the meeting's log itself; others are in files or drafts."""
    if entry.kind is Kind.CONCLUSION:
        return [each.text for each in state.conclusions if (each.item, each.seq) == (entry.ref, entry.version)]
    if entry.kind is Kind.REMARK:
        remark = state.before.remark(entry.ref)
        return [] if remark is None else [_said(remark)]
    return []


def may_find(entry: Entry, state: MeetingState, seeker: Seeker, *, shared: bool = False) -> bool:
    """Whether the seeker may be told of the entry, as the meeting stands; ``shared``: its minutes are for members."""
    member = state.member(seeker.person)
    sees_all = seeker.is_secretary or seeker.is_auditor
    if not may_see(state.phase, None if member is None else member.role, sees_all=sees_all):
        return False
    if entry.kind in {Kind.MEETING, Kind.LETTER}:
        return True
    if entry.kind in {Kind.ITEM, Kind.CONCLUSION}:
        if seeker.is_secretary and (member is None or not is_recused(state, seeker.person, entry.ref)):
            return state.item(entry.ref) is not None
        return sees(state, seeker.person, entry.ref)
    if entry.kind in {Kind.MINUTES, Kind.REMARK}:
        return _may_find_said(entry, state, seeker, shared=shared)
    return _may_find_paper(entry, state, seeker)


def _may_find_said(entry: Entry, state: MeetingState, seeker: Seeker, *, shared: bool) -> bool:
    """Of the minutes and of what was said before the meeting."""
    by = By(seeker.person, is_secretary=seeker.is_secretary)
    if entry.kind is Kind.REMARK:
        remark = state.before.remark(entry.ref)
        return remark is not None and Sight(state, RemarkReader(by, reads_record=seeker.is_auditor)).reads(remark)
    if leads(state, by, reads_record=seeker.is_auditor):
        return True
    member = state.member(seeker.person)
    reads = shared and member is not None and member.role is MemberRole.MEMBER
    return reads and (not entry.ref or sees(state, seeker.person, entry.ref))


def _may_find_paper(entry: Entry, state: MeetingState, seeker: Seeker) -> bool:
    member = state.member(seeker.person)
    reader = Reader(seeker.person, is_secretary=seeker.is_secretary)
    paper = state.paper(entry.paper.paper)
    if paper is None:
        return False
    if is_recalled(entry, state) and entry.version == paper.published_version and member is not None:
        # Its title stays in the list of papers, which everybody keeps who could read it.
        return sees(state, seeker.person, paper.item) and not is_recused(state, seeker.person, paper.item)
    if not may_read(state, entry.paper, reader):
        return False
    newest = PaperVersion(entry.paper.paper, paper.version)
    return newest == entry.paper or not may_read(state, newest, reader)


def is_recalled(entry: Entry, state: MeetingState) -> bool:
    """Whether it is a paper that was taken back: nobody is shown its words any more."""
    paper = state.paper(entry.paper.paper) if entry.kind is Kind.PAPER else None
    return paper is not None and paper.state is PaperState.RECALLED


Marked = tuple[tuple[str, bool], ...]


def marked(text: str, pattern: re.Pattern[str]) -> Marked:
    """``text`` in pieces: each with whether it is what was looked for."""
    return _pieces(text, [match.span() for match in pattern.finditer(by_letter(text))], 0, len(text))


def excerpt(text: str, pattern: re.Pattern[str]) -> Marked:
    """The part of a page where most different words stand, in pieces; nothing of a page where none does."""
    places = [match for _, match in zip(range(_PLACES), pattern.finditer(by_letter(text)), strict=False)]
    if not places:
        return ()
    best, most = places[0], 0
    for at, first in enumerate(places):
        near = {match.group() for match in places[at : at + MAX_WORDS] if match.end() - first.start() <= _AFTER}
        if len(near) > most:
            best, most = first, len(near)
    start = _word_before(text, max(0, best.start() - _BEFORE), best.start())
    end = _word_after(text, min(len(text), best.start() + _AFTER), best.end())
    spans = [match.span() for match in places if start <= match.start() and match.end() <= end]
    pieces = _pieces(text, spans, start, end)
    return (*((("… ", False),) if start else ()), *pieces, *(((" …", False),) if end < len(text) else ()))


def beginning(text: str) -> Marked:
    """As much of a text as an excerpt has, from where it begins."""
    end = _word_after(text, min(len(text), _BEFORE + _AFTER), 0)
    return _pieces(text, [], 0, end) + (((" …", False),) if end < len(text) else ())


def _pieces(text: str, spans: list[tuple[int, int]], start: int, end: int) -> Marked:
    found: list[tuple[str, bool]] = []
    at = start
    for first, last in spans:
        found += [(text[at:first], False), (text[first:last], True)]
        at = last
    found.append((text[at:end], False))
    return tuple((re.sub(r"\s+", " ", piece), is_hit) for piece, is_hit in found if piece)


def _word_before(text: str, start: int, limit: int) -> int:
    if start == 0:
        return 0
    return next((place + 1 for place in range(start, limit) if text[place].isspace()), limit)


def _word_after(text: str, end: int, limit: int) -> int:
    if end >= len(text):
        return len(text)
    return next((place for place in range(end, limit, -1) if text[place].isspace()), limit)
