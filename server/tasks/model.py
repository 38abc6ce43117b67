"""A task: what is to be done, by whom, until when; its stages, and who may move it on.

Rules TK1–TK6: pure.

TK1 One table is the life cycle; what is not in it is refused. Overdue is no stage: it is what the day says of a task
that is not reported yet, or was reported too late.
TK2 Who gave a task, and the chair of the meeting it came from, decide about it; who prepares that meeting may write it
anew, urge and take it back; who answers for it takes it on, reports and asks for more time; who takes part adds words
and evidence. Everybody else knows nothing of it.
TK3 A unit answers by whom its head names, else by its head.
TK4 What was given is changed with the number of the revision that was seen; a report is confirmed or returned by its
number, so that nobody decides about what they have not read.
TK5 A deadline is a day in Viet Nam, its end included. It is moved by being given anew, or by an extension that was
asked for with a reason; both stand in the history.
TK6 The history is only added to.

Usage::

    after = move(task.stage, Move.REPORT)          # raises TaskStageWrong
    may(Move.CONFIRM, sides)
    is_overdue(task, today)
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from server.tasks.errors import TaskStageWrong

MAX_TITLE: Final = 500
MAX_TEXT: Final = 5_000
MAX_HELPERS: Final = 20
MAX_ENTRIES: Final = 1_000
MAX_FILES: Final = 30
ALL: Final = 100


class Stage(enum.StrEnum):
    """đã giao → đã nhận → đang làm → báo cáo hoàn thành → đã xác nhận; bị trả lại; đã hủy."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    DOING = "doing"
    REPORTED = "reported"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


OPEN: Final = frozenset(Stage) - {Stage.CONFIRMED, Stage.DROPPED}
_WORKING: Final = OPEN - {Stage.REPORTED}


class Move(enum.StrEnum):
    """What is done with a task; ``HAND``: somebody left, and their part is another's (server/tasks/handing.py)."""

    GIVE = "give"
    EDIT = "edit"
    DROP = "drop"
    ACCEPT = "accept"
    PROGRESS = "progress"
    REPORT = "report"
    CONFIRM = "confirm"
    RETURN = "return"
    URGE = "urge"
    ASK = "ask"
    EXTEND = "extend"
    REFUSE = "refuse"
    NAME = "name"
    NOTE = "note"
    FILE = "file"
    REFER = "refer"
    HAND = "hand"


def _staying(wanted: Move, stages: Collection[Stage]) -> dict[tuple[Stage, Move], Stage]:
    return {(stage, wanted): stage for stage in stages}


TABLE: Final[Mapping[tuple[Stage, Move], Stage]] = {
    **_staying(Move.EDIT, _WORKING),
    **{(stage, Move.DROP): Stage.DROPPED for stage in OPEN},
    (Stage.GIVEN, Move.ACCEPT): Stage.ACCEPTED,
    **{(stage, Move.PROGRESS): Stage.DOING for stage in _WORKING - {Stage.GIVEN}},
    **{(stage, Move.REPORT): Stage.REPORTED for stage in _WORKING - {Stage.GIVEN}},
    (Stage.REPORTED, Move.CONFIRM): Stage.CONFIRMED,
    (Stage.REPORTED, Move.RETURN): Stage.RETURNED,
    **_staying(Move.URGE, _WORKING),
    **_staying(Move.ASK, _WORKING),
    **_staying(Move.EXTEND, OPEN),
    **_staying(Move.REFUSE, OPEN),
    **_staying(Move.NAME, OPEN),
    **_staying(Move.NOTE, OPEN),
    **_staying(Move.FILE, OPEN),
    **_staying(Move.REFER, OPEN),
}


def move(stage: Stage, wanted: Move) -> Stage:
    """Where ``wanted`` leads; raises TaskStageWrong."""
    try:
        return TABLE[stage, wanted]
    except KeyError:
        raise TaskStageWrong(stage=stage.value, act=wanted.value) from None


class Side(enum.StrEnum):
    """What somebody is to a task. ``READER``: may know of it, and no more."""

    GIVER = "giver"
    DESK = "desk"
    LEAD = "lead"
    HEAD = "head"
    HELPER = "helper"
    READER = "reader"


_RIGHTS: Final[Mapping[Move, frozenset[Side]]] = {
    Move.EDIT: frozenset({Side.GIVER, Side.DESK}),
    Move.DROP: frozenset({Side.GIVER, Side.DESK}),
    Move.URGE: frozenset({Side.GIVER, Side.DESK}),
    Move.CONFIRM: frozenset({Side.GIVER}),
    Move.RETURN: frozenset({Side.GIVER}),
    Move.EXTEND: frozenset({Side.GIVER}),
    Move.REFUSE: frozenset({Side.GIVER}),
    Move.ACCEPT: frozenset({Side.LEAD}),
    Move.PROGRESS: frozenset({Side.LEAD}),
    Move.REPORT: frozenset({Side.LEAD}),
    Move.ASK: frozenset({Side.LEAD}),
    Move.NAME: frozenset({Side.HEAD}),
    Move.NOTE: frozenset({Side.GIVER, Side.DESK, Side.LEAD, Side.HEAD, Side.HELPER}),
    Move.FILE: frozenset({Side.LEAD, Side.HELPER}),
    Move.REFER: frozenset({Side.LEAD, Side.HELPER}),
}


def may(wanted: Move, sides: Collection[Side]) -> bool:
    """Whether somebody with these sides may do it (TK2)."""
    return not _RIGHTS.get(wanted, frozenset[Side]()).isdisjoint(sides)


class PartyKind(enum.StrEnum):
    """Who can lead a task or take part."""

    PERSON = "person"
    UNIT = "unit"


class Party(NamedTuple):
    """A person or a unit."""

    kind: PartyKind
    id: str

    @property
    def key(self) -> str:
        """The id says which of the two it is."""
        return self.id


def party(ident: str) -> Party:
    """From its id."""
    return Party(PartyKind.UNIT if ident.startswith("o-") else PartyKind.PERSON, ident)


@dataclass(frozen=True, slots=True)
class Giving:
    """What is given: the part of a task that is written, and written anew (TK4)."""

    title: str
    detail: str
    lead: Party
    helpers: tuple[Party, ...]
    due: dt.date

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "title": self.title,
            "detail": self.detail,
            "lead": self.lead.id,
            "helpers": [each.id for each in self.helpers],
            "due": self.due.isoformat(),
        }


class Extension(NamedTuple):
    """More time that was asked for: the line of the history that asks, and the day."""

    number: int
    until: dt.date


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``entries``: how many lines its history has; ``report``: the number of the newest report, or 0.

    ``answers``: whom the head of the unit that leads has named; ``reported_on``: the day of the newest report.
    """

    id: str
    giving: Giving
    giver: str
    created_at: dt.datetime
    meeting: str | None = None
    item: str | None = None
    stage: Stage = Stage.GIVEN
    percent: int = 0
    revision: int = 1
    entries: int = 0
    answers: str | None = None
    extension: Extension | None = None
    report: int = 0
    reported_on: dt.date | None = None
    changed_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Neither confirmed nor dropped."""
        return self.stage in OPEN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history (TK6). ``more``: what belongs to the move, as JSON."""

    number: int
    at: dt.datetime
    by: str
    by_name: str
    move: Move
    text: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that shows what was done; the file itself lies sealed on the disk. ``number``: its line."""

    task: str
    number: int
    paper: str
    name: str
    pages: int
    plain_bytes: int
    sha256: str
    wrapped_key: bytes = field(repr=False)


def is_late(task: Task, today: dt.date) -> bool:
    """Whether it was done too late, or is not done and its day is over (TK1, TK5)."""
    if task.stage is Stage.DROPPED:
        return False
    done = task.reported_on if task.stage in {Stage.REPORTED, Stage.CONFIRMED} else None
    return (done or today) > task.giving.due


def is_overdue(task: Task, today: dt.date) -> bool:
    """Whether somebody waits for it too long: open and late."""
    return task.is_open and is_late(task, today)
