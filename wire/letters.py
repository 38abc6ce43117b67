"""The issued documents of a meeting, and what people answered to its invitation, as values of the state.

Rules W132–W135, W155: pure. A letter is here once it is put up for signing; which invitation counts is the newest that
was issued. Answers are to a time and a room: when one of them changes they are asked for anew. Who leads the meeting is
not asked, and who stands for somebody is not either.

Usage::

    invited(state.members, standing)       # whom the invitation asks
    counts(invitation, people).waiting
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

#: giấy mời · thông báo kết luận · nghị quyết · biên bản.
LETTER_KINDS: Final = frozenset({"invitation", "notice", "resolution", "minutes"})
INVITATION: Final = "invitation"
MAX_LETTERS: Final = 500


class Reply(enum.StrEnum):
    """tham dự · báo vắng · cử người dự thay."""

    ATTEND = "attend"
    ABSENT = "absent"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True)
class Letter:
    """A document that was put up for signing. ``number`` with its notation, ``issued_on`` RFC 3339, once issued.

    ``starts_at``, ``room``: of the meeting, as it was set. ``revoked``: why it holds no more (W155).
    """

    letter: str
    kind: str
    round: str
    at: dt.datetime
    issued_at: dt.datetime | None = None
    number: str = ""
    issued_on: str = ""
    starts_at: dt.datetime | None = None
    room: str = ""
    revoked_at: dt.datetime | None = None
    revoked: str = ""

    @property
    def is_out(self) -> bool:
        """Whether it was issued, and holds still."""
        return self.issued_at is not None and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered, or had answered for them: ``by`` is who said it.

    ``substitute``: whom they send. ``approved``: None before whoever leads has decided about an absence or substitute.
    """

    person: str
    reply: Reply
    at: dt.datetime
    by: str
    reason: str = ""
    substitute: str = ""
    approved: bool | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """How often somebody was reminded, and when last."""

    person: str
    at: dt.datetime
    count: int = 1


@dataclass(frozen=True, slots=True)
class Invitation:
    """The invitation that counts. ``asked_at``: since when answers are asked for; ``moved``: since it was sent."""

    letter: str
    sent_at: dt.datetime
    asked_at: dt.datetime
    answers: tuple[Answer, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    moved: bool = False

    def answer(self, person: str) -> Answer | None:
        """Of one person; None while they are waited for."""
        return next((each for each in self.answers if each.person == person), None)

    def reminder(self, person: str) -> Reminder | None:
        """Of one person; None when they were never reminded."""
        return next((each for each in self.reminders if each.person == person), None)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of those invited answered what; ``undecided``: absences and substitutes nobody has decided about."""

    invited: int
    attend: int
    absent: int
    substitute: int
    waiting: int
    undecided: int


def counts(invitation: Invitation, people: Collection[str]) -> Counts:
    """Over those who are invited; the four kinds add up to ``invited``."""
    said = [answer for answer in invitation.answers if answer.person in people]
    of = {reply: sum(answer.reply is reply for answer in said) for reply in Reply}
    return Counts(
        invited=len(people),
        attend=of[Reply.ATTEND],
        absent=of[Reply.ABSENT],
        substitute=of[Reply.SUBSTITUTE],
        waiting=len(people) - len(said),
        undecided=sum(answer.reply is not Reply.ATTEND and answer.approved is None for answer in said),
    )
