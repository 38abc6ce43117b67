"""Commands: what people ask of a meeting, as values, and who may ask it.

Rules: a command says what is wanted, ``model.decide`` says whether it may be; the table ``RIGHTS`` is the one place
that knows which role may do what, for the consoles and for the seats alike.

Usage: ``RIGHTS[StartItem].members``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from wire.phases import Change
from wire.state import DisplayMode, Item, Member, MemberRole, Presence, RollRules


@dataclass(frozen=True, slots=True)
class By:
    """Who commands: a person, and whether their account is a secretary's."""

    person: str
    is_secretary: bool = False


@dataclass(frozen=True, slots=True)
class Describe:
    """Title, kind, room and time of a meeting. ``roll``: what it wants of its roll (None: as it was, A4)."""

    title: str
    type: str
    room: str
    room_name: str
    starts_at: dt.datetime
    planned_minutes: int
    roll: RollRules | None = None


@dataclass(frozen=True, slots=True)
class SetMembers:
    """Who takes part, in which role, at which seat."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class SetAgenda:
    """The agenda in reading order; ``expected_seq`` is the number the caller has seen."""

    items: tuple[Item, ...]
    expected_seq: int


@dataclass(frozen=True, slots=True)
class Step:
    """A move along the life cycle; ``holders`` are the devices whose keys a closing recalls.

    ``statement``: the SHA-256 of what the chair signed for a closing; ``must_be_signed``: whether the house wants one.
    """

    change: Change
    reason: str = ""
    holders: tuple[tuple[str, str], ...] = ()
    statement: str = ""
    must_be_signed: bool = False


@dataclass(frozen=True, slots=True)
class StartItem:
    """Go to an agenda item."""

    item: str


@dataclass(frozen=True, slots=True)
class Present:
    """Show a page to all; ``version`` None means the published one."""

    paper: str
    page: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class CallBack:
    """Bring everyone back to the presented page."""


@dataclass(frozen=True, slots=True)
class HandPresenting:
    """Let a member present whatever they may read; None takes it back (F1)."""

    person: str | None


@dataclass(frozen=True, slots=True)
class StopPresenting:
    """End the presenting."""


@dataclass(frozen=True, slots=True)
class ShowOnDisplay:
    """What the room display shows."""

    mode: DisplayMode
    text: str = ""


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """A member has signed in at a seat. ``certificate``: the SHA-256 of the one they proved it with, if any (W58)."""

    seat: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class RecordPresence:
    """A member says with their token that they are there, late, gone or back (A1). ``statement``: its SHA-256 (W62)."""

    presence: Presence
    statement: str


@dataclass(frozen=True, slots=True)
class LeaveSeat:
    """A member signs out at the seat."""


Command: TypeAlias = (
    Describe
    | SetMembers
    | SetAgenda
    | Step
    | StartItem
    | Present
    | CallBack
    | HandPresenting
    | StopPresenting
    | ShowOnDisplay
    | TakeSeat
    | LeaveSeat
    | RecordPresence
)


@dataclass(frozen=True, slots=True)
class Right:
    """Member roles that may, and whether a secretary's account may without being a member."""

    members: frozenset[MemberRole]
    secretaries: bool = False


CHAIR: Final = Right(frozenset({MemberRole.CHAIR}))
SECRETARY: Final = Right(frozenset({MemberRole.SECRETARY}), secretaries=True)
LEADERS: Final = Right(frozenset({MemberRole.CHAIR, MemberRole.SECRETARY}), secretaries=True)
EVERYONE: Final = Right(frozenset(MemberRole))

#: Who may do what. Preparing the agenda is the secretary's alone until the meeting is open.
RIGHTS: Final[Mapping[type | Change, Right]] = {
    Describe: SECRETARY,
    SetMembers: SECRETARY,
    SetAgenda: LEADERS,
    Change.SUBMIT: SECRETARY,
    Change.APPROVE: CHAIR,
    Change.RETURN: CHAIR,
    Change.OPEN: CHAIR,
    Change.RECESS: CHAIR,
    Change.RESUME: CHAIR,
    Change.CLOSE: CHAIR,
    Change.LOCK: CHAIR,
    Change.CANCEL: LEADERS,
    StartItem: CHAIR,
    Present: LEADERS,
    CallBack: CHAIR,
    HandPresenting: CHAIR,
    StopPresenting: LEADERS,
    ShowOnDisplay: LEADERS,
    TakeSeat: EVERYONE,
    LeaveSeat: EVERYONE,
    RecordPresence: EVERYONE,
}
