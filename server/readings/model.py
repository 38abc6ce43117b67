"""What counts as opened, of whom it is expected, and what a terminal cannot have seen (P5).

Rules W128, W129: pure. A version was published to the members who may know of its item, but for the secretaries, who
put it there, and for whoever is represented by a substitute. They have opened it when the version that is out lay in
front of them once, wherever. When, how often and which pages is not for who leads the meeting.

Usage::

    for line in lines(state, openers={("p-…", 2): {"u-…"}}): line.unread
    why = fault(state, entry, version_pages=3, made_at=…, person="u-…", now=now)      # "" when it can be true
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from server.papers.model import Reader, keeps_content, may_read
from wire import canonical
from wire.fields import print_instant
from wire.places import is_recused, replaced_by
from wire.readings import Entry
from wire.state import MeetingState, Member, MemberRole, Paper
from wire.topics import PaperVersion
from wire.visibility import sees

#: Where somebody reads who does not sit at a seat.
CONSOLE: Final = "console"
#: Before anything there is the hash of nothing.
NOTHING: Final = "0" * 64
#: A terminal's clock follows the server's; what it says may still be this far ahead, or before the upload.
SKEW: Final = dt.timedelta(minutes=2)
_CHAIN: Final = b"phonghop/v1/readings\0"


class How(enum.StrEnum):
    """What is known of a page."""

    #: the paper was opened; of no page
    OPENED = "opened"
    #: it lay in front of the person
    FRONT = "front"
    #: its picture was handed to their console, perhaps ahead of the turning
    SENT = "sent"


class Why(enum.StrEnum):
    """Why something that a terminal told is not taken."""

    PAPER = "paper"
    PAGE = "page"
    TIME = "time"
    SEAT = "seat"
    FORM = "form"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: who, which version, which page (0: opened), where (a device, or :data:`CONSOLE`), when."""

    person: str
    paper: PaperVersion
    page: int
    how: How
    place: str
    at: dt.datetime

    @property
    def once(self) -> str:
        """What tells one opening from another; of a page there is one of each kind."""
        return f"{self.place} {print_instant(self.at)}" if self.how is How.OPENED else ""

    @property
    def key(self) -> tuple[str, PaperVersion, int, str, str]:
        """Two rows with the same key say the same."""
        return self.person, self.paper, self.page, self.how.value, self.once


def chained(before: str, number: int, row: Row) -> str:
    """The hash over everything up to ``row``, in hexadecimal; ``before``: up to the one before it."""
    said = {
        "number": number,
        "before": before,
        "person": row.person,
        "paper": row.paper.paper,
        "version": row.paper.version,
        "page": row.page,
        "how": row.how.value,
        "place": row.place,
        "at": print_instant(row.at),
    }
    return hashlib.sha256(_CHAIN + canonical.encode(said)).hexdigest()


# ---------------------------------------------------------------- who has opened what


@dataclass(frozen=True, slots=True)
class Unread:
    """Somebody who has not opened the version that is out. ``older``: they have opened one before it."""

    member: Member
    older: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A published paper, how many it is for, and who has not opened it."""

    paper: Paper
    of: int
    unread: tuple[Unread, ...]

    @property
    def opened(self) -> int:
        """How many have."""
        return self.of - len(self.unread)


Openers = Mapping[tuple[str, int], Collection[str]]


def readers(state: MeetingState, paper: Paper) -> tuple[Member, ...]:
    """To whom a paper is published, in the order of the members."""
    return tuple(
        each
        for each in state.members
        if each.role is not MemberRole.SECRETARY
        and sees(state, each.person, paper.item)
        and replaced_by(state, each.person) is None
    )


def lines(state: MeetingState, openers: Openers) -> tuple[Line, ...]:
    """The papers that are out, in the order in which they came; ``openers``: who opened a paper's version."""
    return tuple(_line(state, paper, openers) for paper in state.papers if is_out(paper))


def line_of(state: MeetingState, paper: str, openers: Openers) -> Line | None:
    """Of one paper; None when it is not out."""
    found = state.paper(paper)
    return None if found is None or not is_out(found) else _line(state, found, openers)


def is_out(paper: Paper) -> bool:
    """Whether there is a version that people can open."""
    return paper.readable_version > 0 and keeps_content(paper.secrecy)


def _line(state: MeetingState, paper: Paper, openers: Openers) -> Line:
    out = readers(state, paper)
    newest = openers.get((paper.paper, paper.published_version), ())
    unread = tuple(
        Unread(each, older=any(each.person in who for (name, _), who in openers.items() if name == paper.paper))
        for each in out
        if each.person not in newest
    )
    return Line(paper, len(out), unread)


# ---------------------------------------------------------------- what a terminal cannot have seen


def could_read(state: MeetingState, person: str, version: PaperVersion) -> bool:
    """Whether a seat may ever have shown this version to the person, as far as the newest state says.

    The phase is not looked at: what is told after the recall was read before it.
    """
    paper = state.paper(version.paper)
    return (
        paper is not None
        and keeps_content(paper.secrecy)
        and 1 <= version.version <= paper.published_version
        and sees(state, person, paper.item)
    )


def could_read_then(state: MeetingState, person: str, version: PaperVersion) -> bool:
    """The same of the state of that moment, by the rule that readers are let in by."""
    paper = state.paper(version.paper)
    if paper is None or is_recused(state, person, paper.item):
        return False
    return version.version <= paper.published_version and may_read(state, version, Reader(person))


def fault(entry: Entry, *, pages: int, made_at: dt.datetime, now: dt.datetime) -> Why | None:
    """What of a page or a moment cannot be true; ``pages`` and ``made_at`` are the version's own."""
    if entry.page > pages:
        return Why.PAGE
    if not made_at - SKEW <= entry.at <= now + SKEW:
        return Why.TIME
    return None


def counted(whys: Iterable[Why]) -> dict[str, int]:
    """How many of each."""
    found: dict[str, int] = {}
    for why in whys:
        found[why.value] = found.get(why.value, 0) + 1
    return found
