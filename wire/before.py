"""What is said before a meeting opens, as values of the state: remarks on its items, and requests to speak in advance.

Rules W142–W145: pure. A remark (góp ý, câu hỏi) is on an item, on a paper of it, or on a page; its revision counts
every change of its text and of its answer. A request in advance (đăng ký phát biểu trước) becomes a turn in the
queue of its item, under its own id, as soon as the item is dealt with and the person is there.

Usage: ``state.before.remark("h-…")``, ``state.before.advance("q-…")``; folded by ``wire.before_fold``.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Final

from wire.transitions import stepper

#: Of a remark and of an answer, in characters.
MAX_REMARK: Final = 4_000
MAX_REMARKS: Final = 2_000
#: How often a remark may be changed or answered anew.
MAX_REVISIONS: Final = 50
#: What a request in advance says it is about.
MAX_ABOUT: Final = 500
#: How long somebody may ask to speak.
MAX_MINUTES: Final = 60
MAX_REQUESTS: Final = 2_000
MAX_REASON: Final = 500


class RemarkKind(enum.StrEnum):
    """góp ý · câu hỏi: only a question waits for an answer."""

    COMMENT = "comment"
    QUESTION = "question"


class Readers(enum.StrEnum):
    """Who reads a remark: everybody who may know of its item, or only chair and secretary."""

    ALL = "all"
    LEADERS = "leaders"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that counts: the newest. ``name``: of who gave it, as it was then; they need be no member."""

    text: str
    person: str
    name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment or question. Name, position and unit are as they were when it was written; ``page`` 0: none."""

    remark: str
    item: str
    paper: str
    page: int
    kind: RemarkKind
    readers: Readers
    text: str
    person: str
    name: str
    position: str
    unit: str
    written_at: dt.datetime
    changed_at: dt.datetime | None = None
    revision: int = 1
    withdrawn: bool = False
    answer: Answer | None = None


class Wish(enum.StrEnum):
    """How a request in advance stands: đã gửi → được chấp nhận ⇄ bị từ chối; đã rút; người xin không còn tham dự."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


class WishChange(enum.StrEnum):
    """What moves it on; each is also the kind of the event that records it."""

    ACCEPT = "advance_accepted"
    REFUSE = "advance_refused"
    WITHDRAW = "advance_withdrawn"


TABLE: Final[dict[tuple[Wish, WishChange], Wish]] = {
    (Wish.ASKED, WishChange.ACCEPT): Wish.ACCEPTED,
    (Wish.ASKED, WishChange.REFUSE): Wish.REFUSED,
    (Wish.ASKED, WishChange.WITHDRAW): Wish.WITHDRAWN,
    (Wish.ACCEPTED, WishChange.REFUSE): Wish.REFUSED,
    (Wish.ACCEPTED, WishChange.WITHDRAW): Wish.WITHDRAWN,
    (Wish.REFUSED, WishChange.ACCEPT): Wish.ACCEPTED,
}

#: The next state; raises :class:`wire.errors.PhaseError`.
step: Final = stepper(TABLE)

#: Not over: the person cannot ask for the same once more.
HOPING: Final = frozenset({Wish.ASKED, Wish.ACCEPTED})
#: Who did not get a turn may hand the speech in in writing (S4).
WRITABLE: Final = frozenset({Wish.ASKED, Wish.ACCEPTED, Wish.REFUSED})


@dataclass(frozen=True, slots=True)
class Advance:
    """One request. ``minutes``: what is wished for, the rules' times hold; ``place``: in the order of who leads.

    ``joined``: it has come into the queue, or the person stood there already: it never comes again.
    """

    advance: str
    item: str
    person: str
    name: str
    position: str
    unit: str
    about: str
    minutes: int
    asked_at: dt.datetime
    state: Wish = Wish.ASKED
    reason: str = ""
    place: int | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """All of it, in the order of coming."""

    remarks: tuple[Remark, ...] = ()
    advances: tuple[Advance, ...] = ()

    def remark(self, remark: str) -> Remark | None:
        """A remark by id."""
        return next((each for each in self.remarks if each.remark == remark), None)

    def advance(self, advance: str) -> Advance | None:
        """A request by id."""
        return next((each for each in self.advances if each.advance == advance), None)

    def of_item(self, item: str) -> tuple[Advance, ...]:
        """The requests on an item: those that were put in order, then the others as they came."""
        own = [each for each in self.advances if each.item == item]
        last = len(self.advances)
        return tuple(sorted(own, key=lambda each: last if each.place is None else each.place))
