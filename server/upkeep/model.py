"""Entries and plans of the book, and when a terminal is to be looked after next.

Rules D4, pure:

- An entry is of a terminal at a seat: both keep their history, the seat also when its terminal is replaced.
- A fault is open until it has a last day; the other kinds are done when they are written.
- Of a fault stands what was found, of upkeep what was done.
- Nothing is deleted. What is corrected keeps what stood there, with the reason.
- A plan asks for upkeep every so many months, of one terminal or of all in a room; a terminal's own plan beats its
  room's. The next day is counted from the last upkeep since the plan was made; without one from the day a terminal
  came to its place, if that was after the plan, but never before the plan's first day; else it is that first day. A
  month that is too short ends on its last day. A terminal that takes another's place takes over its plan, made when
  that was made.
- Days are those of Vietnam.

Usage::

    due = next_day(plan, came=dt.date(2026, 6, 1), last=dt.date(2026, 9, 1))
    standing = Standing.of(due, today)
"""

from __future__ import annotations

import calendar
import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.upkeep.errors import DayWrong
from wire.fields import print_instant

HOUSE: Final = dt.timezone(dt.timedelta(hours=7))
MAX_TEXT: Final = 4_000
MAX_WHO: Final = 200
MAX_COST: Final = 10**12
MAX_MONTHS: Final = 60
MAX_AT_ONCE: Final = 500
#: Told beforehand, so that somebody can be asked to come.
SOON: Final = dt.timedelta(days=14)
_MONTHS: Final = 12


#: How the source of a swap begins that wrote itself; the terminal before follows.
SWAPPED: Final = "replaced:"


class Kind(enum.StrEnum):
    """hỏng hóc · bảo trì · thay thế."""

    FAULT = "fault"
    UPKEEP = "upkeep"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class Terminal:
    """Whom an entry is of, and where it stood then."""

    device: str
    serial: str
    seat: str | None
    seat_label: str
    room: str | None
    room_name: str


@dataclass(frozen=True, slots=True)
class Said:
    """What is written of it. ``cost``: Vietnamese đồng, None when nobody wrote it; ``closed_on``: its last day."""

    kind: Kind
    day: dt.date
    found: str
    done: str = ""
    by_whom: str = ""
    cost: int | None = None
    closed_on: dt.date | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind.value,
            "day": self.day.isoformat(),
            "found": self.found,
            "done": self.done,
            "by_whom": self.by_whom,
            "cost": self.cost,
            "closed_on": None if self.closed_on is None else self.closed_on.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the book. ``source``: what wrote it by itself (``feedback:7``, ``replaced:d-…``).

    A swap that wrote itself has no words for what was found: readers say it in their language.
    """

    number: int
    terminal: Terminal
    said: Said
    at: dt.datetime
    by: str
    by_name: str
    source: str = ""
    revision: int = 1

    @property
    def is_swap(self) -> bool:
        """A replacement that wrote itself."""
        return self.source.startswith(SWAPPED)

    @property
    def is_open(self) -> bool:
        """A fault that nobody has ended."""
        return self.said.kind is Kind.FAULT and self.said.closed_on is None

    def changed(self, said: Said) -> Entry:
        """From now on it says this."""
        return replace(self, said=said, revision=self.revision + 1)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        it = self.terminal
        return {
            "number": self.number,
            "device": it.device,
            "serial": it.serial,
            "seat": it.seat,
            "seat_label": it.seat_label,
            "room": it.room,
            "room_name": it.room_name,
            **self.said.to_value(),
            "open": self.is_open,
            "at": print_instant(self.at),
            "by_name": self.by_name,
            "source": self.source,
            "revision": self.revision,
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one terminal: how many faults are open, and the last day on which it was looked after."""

    open: int = 0
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What stood in an entry before, why it was changed, by whom and when; no reason: a fault was ended."""

    entry: int
    revision: int
    was: Mapping[str, Any]
    reason: str
    at: dt.datetime
    by_name: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        told = {"entry": self.entry, "revision": self.revision, "was": dict(self.was), "reason": self.reason}
        return {**told, "at": print_instant(self.at), "by_name": self.by_name}


@dataclass(frozen=True, slots=True)
class Plan:
    """Upkeep every so many months, of a terminal or of all in a room (one of the two is set)."""

    number: int
    device: str | None
    room: str | None
    every_months: int
    first_day: dt.date
    what: str
    made_on: dt.date
    at: dt.datetime
    by_name: str
    ended_at: dt.datetime | None = None

    def asked(self) -> dict[str, Any]:
        """What somebody asked for, as JSON."""
        whose = {"device": self.device, "room": self.room}
        return {
            **whose, "every_months": self.every_months, "first_day": self.first_day.isoformat(), "what": self.what,
        }  # fmt: skip

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"number": self.number, **self.asked(), "at": print_instant(self.at), "by_name": self.by_name}


class Standing(enum.StrEnum):
    """chưa đến hạn · sắp đến hạn · đến hạn hôm nay · quá hạn."""

    FAR = "far"
    SOON = "soon"
    TODAY = "today"
    LATE = "late"

    @classmethod
    def of(cls, due: dt.date, today: dt.date) -> Standing:
        """How far off a day is; whoever does it on that day is in time."""
        if due <= today:
            return cls.LATE if due < today else cls.TODAY
        return cls.SOON if due - today <= SOON else cls.FAR


def today(now: dt.datetime) -> dt.date:
    """The day in Vietnam."""
    return now.astimezone(HOUSE).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last one of a month that is too short."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = count // _MONTHS, count % _MONTHS + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def next_day(plan: Plan, *, came: dt.date, last: dt.date | None) -> dt.date:
    """When a terminal is to be looked after next; ``last``: the last day on which it was."""
    if last is not None and last >= plan.made_on:
        return add_months(last, plan.every_months)
    if came > plan.made_on:
        return max(plan.first_day, add_months(came, plan.every_months))
    return plan.first_day


def plan_of(plans: Sequence[Plan], *, device: str, room: str | None) -> Plan | None:
    """The plan that counts for a terminal: its own, else its room's."""
    own = [plan for plan in plans if plan.device == device]
    rooms = [plan for plan in plans if room is not None and plan.room == room]
    return next(iter(own or rooms), None)


def checked(said: Said, now: dt.datetime) -> Said:
    """The same, its end filled in where the kind has none of its own; raises :class:`DayWrong`."""
    day = today(now)
    if said.kind is not Kind.FAULT and said.closed_on is None:
        said = replace(said, closed_on=said.day)
    if said.day > day or (said.closed_on is not None and not said.day <= said.closed_on <= day):
        raise DayWrong
    return said
