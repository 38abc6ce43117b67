"""The figures of one meeting that is over, as they are kept, and the period of a report.

Rules RP1, RP2: pure. Figures come from the meeting's log alone and hold names and units as they were on that day; what
they are kept as is compact JSON, and reading it back gives the same value. ``VERSION`` grows with every change of what
is counted: figures of another version are counted anew from the log.

Usage::

    Figures.read(json.loads(body)) == figures
    Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31)).holds(day)
"""

from __future__ import annotations

import datetime as dt
import enum
import sys
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from server.reports.errors import ReportPeriodWrong

VERSION: Final = 2
#: Days are days of the house (UTC+7, no summer time).
HOUSE: Final = dt.timezone(dt.timedelta(hours=7))
_FIRST, _LAST = 2000, 2099


class Standing(enum.StrEnum):
    """có mặt · đến muộn · vắng có lý do · vắng không lý do · chưa điểm danh; of somebody who does not count: none."""

    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"
    UNSAID = "unsaid"
    NONE = ""


#: What a vote came to beside the outcomes of ``wire/tally.py``.
WITHDRAWN: Final = "withdrawn"
UNANNOUNCED: Final = "unannounced"


class Person(NamedTuple):
    """A member, as they were on that day. ``came``: at any time, in any role."""

    person: str
    name: str
    unit: str
    standing: str
    came: bool


class Item(NamedTuple):
    """An item of the agenda. ``common``: everybody in the meeting knows of it; ``closed``: members who may not, by
    their places in ``people``.
    """

    common: bool
    closed: tuple[int, ...]


class Turns(NamedTuple):
    """All turns of one kind (``wire/speaking.py``, or ``written``) of a person at an item; pauses are not counted."""

    item: int
    person: str
    name: str
    unit: str
    kind: str
    turns: int
    spent_ms: int


class Vote(NamedTuple):
    """A vote that was put: its kind, and an outcome of ``wire/tally.py``, ``withdrawn`` or ``unannounced``."""

    item: int
    kind: str
    result: str


class Paper(NamedTuple):
    """A paper that was published, at its last published version."""

    item: int
    pages: int


#: In place of a paper's words: who handed a speech in in writing.
WRITTEN: Final = "written"


@dataclass(frozen=True, slots=True)
class Figures:
    """``held``: opened and closed. ``called``: was approved at any time, so that a draft thrown away is no meeting.

    ``late_s``: from the planned beginning to the opening, below zero when it was opened before; ``grace_s``: how much
    of it is still on time (W156); ``seconds``: from the opening to the close without recesses.
    """

    held: bool
    called: bool
    late_s: int = 0
    seconds: int = 0
    people: tuple[Person, ...] = ()
    items: tuple[Item, ...] = ()
    turns: tuple[Turns, ...] = ()
    votes: tuple[Vote, ...] = ()
    papers: tuple[Paper, ...] = ()
    grace_s: int = 0

    def to_value(self) -> list[Any]:
        """As JSON."""
        return [
            self.held, self.called, self.late_s, self.seconds, self.people, self.items, self.turns, self.votes,
            self.papers, self.grace_s,
        ]  # fmt: skip

    @classmethod
    def read(cls, value: list[Any]) -> Figures:
        """What ``to_value`` gave, after its way through JSON; words that come in every meeting are there once."""
        held, called, late_s, seconds, people, items, turns, votes, papers, grace_s = value
        once = sys.intern
        return cls(
            held,
            called,
            late_s,
            seconds,
            tuple(Person(once(who), once(name), once(unit), once(how), came) for who, name, unit, how, came in people),
            tuple(Item(common, tuple(closed)) for common, closed in items),
            tuple(
                Turns(item, once(who), once(name), once(unit), once(kind), turns, ms)
                for item, who, name, unit, kind, turns, ms in turns
            ),
            tuple(map(Vote._make, votes)),
            tuple(map(Paper._make, papers)),
            grace_s,
        )


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both counted; raises ReportPeriodWrong."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if not _FIRST <= self.first.year <= self.last.year <= _LAST or self.first > self.last:
            raise ReportPeriodWrong

    def holds(self, day: dt.date) -> bool:
        """Whether the day is in it."""
        return self.first <= day <= self.last


def day_of(moment: dt.datetime) -> dt.date:
    """The day of the house."""
    return moment.astimezone(HOUSE).date()
