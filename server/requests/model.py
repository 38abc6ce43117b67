"""What may be asked for, changed, handed in and reminded of: words in, drafts of events out.

Rules W137–W140: pure. Whoever prepares the meeting asks; the deadline is a day from today to the meeting's own. A
request gives one right and no other: to hand in a paper for it, while it is open and the meeting is not over. By
themselves people are reminded once one working day before the deadline, and once when it is over.

Usage::

    drafts = ask(state, [Asking("w-…", "i-…", Whom(person="u-…", name="…"), "Báo cáo", until)], by, today=today)
    must_be_asked(state, "w-…", person="u-…", units=frozenset(), prepares=False)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.attendance.table import HOUSE
from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import SECRETARY, By
from server.meetings.model import Draft, may, must_be_prepared
from server.requests.errors import (
    NobodyWaited,
    RequestChanged,
    RequestDayUnfit,
    RequestsFull,
    RequestUnknown,
    over,
)
from wire.paper_requests import MAX_REQUESTS, OPEN, WAITING, PaperRequest, Standing, Why
from wire.phases import HOLDING, PREPARING
from wire.places import is_recused
from wire.request_fold import CHANGED, REMINDED, REQUESTED, WITHDRAWN, request_of, standing
from wire.state import MeetingState

#: While papers are taken (server/papers/submission.py).
TAKING: Final = PREPARING | HOLDING


@dataclass(frozen=True, slots=True)
class Whom:
    """A person or a unit, with their name of that day."""

    name: str
    person: str = ""
    unit: str = ""

    def to_value(self) -> dict[str, Any]:
        """As the events have it."""
        return {"person": self.person, "name": self.name} if self.person else {"unit": self.unit, "name": self.name}


@dataclass(frozen=True, slots=True)
class Asking:
    """One paper that is to be asked for."""

    request: str
    item: str
    whom: Whom
    what: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody wants a request to say from now on; ``revision``: of the one they saw."""

    whom: Whom
    what: str
    until: dt.date
    revision: int


def day_in_house(at: dt.datetime) -> dt.date:
    """The day of a moment in Viet Nam."""
    return at.astimezone(HOUSE).date()


def last_day(state: MeetingState) -> dt.date:
    """Until when something may be asked for at the latest: the meeting's own day."""
    return dt.date.max if state.starts_at is None else day_in_house(state.starts_at)


def ask(state: MeetingState, wanted: Sequence[Asking], by: By, *, today: dt.date) -> tuple[Draft, ...]:
    """Ask for papers; raises NoSuchItem, RequestDayUnfit, RequestsFull, PhaseNotAllowed."""
    _must_prepare(state, by)
    if len(state.requests) + len(wanted) > MAX_REQUESTS:
        raise RequestsFull(most=MAX_REQUESTS)
    for each in wanted:
        if state.item(each.item) is None:
            raise meeting_errors.NoSuchItem(item=each.item)
        _must_fit(state, each.until, today)
    return tuple(
        Draft(
            REQUESTED,
            {
                "request": each.request,
                "item": each.item,
                **each.whom.to_value(),
                "what": each.what,
                "until": each.until.isoformat(),
            },
        )
        for each in wanted
    )


def change(state: MeetingState, request: str, wording: Wording, by: By, *, today: dt.date) -> tuple[Draft, ...]:
    """Another wording, person or day; the same again changes nothing. Raises RequestChanged, RequestOver."""
    known = _prepared(state, request, by)
    now = Whom(known.name, known.person, known.unit)
    # Whom it is asked of is who they are: what they are called today is no change.
    same = (now.person, now.unit) == (wording.whom.person, wording.whom.unit)
    if same and (known.what, known.until) == (wording.what, wording.until):
        return ()
    if wording.revision != known.revision:
        raise RequestChanged(revision=known.revision, what=known.what, until=known.until.isoformat(), name=known.name)
    _must_be(state, known, OPEN)
    if wording.until != known.until:
        _must_fit(state, wording.until, today)
    about = {"what": wording.what, "until": wording.until.isoformat()}
    return (Draft(CHANGED, {"request": request, **wording.whom.to_value(), **about}),)


def withdraw(state: MeetingState, request: str, reason: str, by: By) -> tuple[Draft, ...]:
    """Nobody waits for it any more; raises RequestOver once a paper lies there."""
    known = _prepared(state, request, by)
    _must_be(state, known, WAITING)
    return (Draft(WITHDRAWN, {"request": request, "reason": reason}),)


def remind(state: MeetingState, requests: Collection[str], by: By) -> tuple[Draft, ...]:
    """Remind of these, or of all that are waited for when it is empty; raises NobodyWaited."""
    _must_prepare(state, by)
    wanted = [each.request for each in waited(state) if not requests or each.request in requests]
    if not wanted:
        raise NobodyWaited
    return (_reminder(Why.HAND, wanted),)


def send_back(state: MeetingState, request: str, reason: str, by: By) -> tuple[Draft, ...]:
    """Whoever prepares returns what was handed in before the chair decides about it; raises RequestOver."""
    known = _prepared(state, request, by)
    _must_be(state, known, frozenset({Standing.SUBMITTED}))
    return (Draft("paper_returned", {"paper": known.paper, "reason": reason}),)


def due(state: MeetingState, *, today: dt.date, before: Callable[[dt.date], dt.date]) -> tuple[Draft, ...]:
    """The reminders that come by themselves today; ``before``: the working day before a day."""
    if state.phase not in TAKING or state.rehearsal is not None:
        return ()
    late, soon = list[str](), list[str]()
    for each in waited(state):
        if today > each.until:
            if Why.OVERDUE not in each.told:
                late.append(each.request)
        elif Why.BEFORE not in each.told and before(each.until) <= today and day_in_house(each.asked_at) < today:
            soon.append(each.request)
    return tuple(_reminder(why, found) for why, found in ((Why.BEFORE, soon), (Why.OVERDUE, late)) if found)


def waited(state: MeetingState) -> list[PaperRequest]:
    """Of whom a paper is waited for, for an item that is still there."""
    return [each for each in state.requests if standing(state, each) in WAITING and state.item(each.item) is not None]


def is_asked(request: PaperRequest, person: str, units: Collection[str]) -> bool:
    """Whether it was asked of the person, or of a unit they answer for."""
    return person == request.person if request.person else request.unit in units


def must_be_asked(
    state: MeetingState, request: str, *, person: str, units: Collection[str], prepares: bool
) -> PaperRequest:
    """The request, when this person may hand something in for it; raises RequestUnknown, RequestOver, PhaseNotAllowed.

    ``prepares``: whoever prepares the meeting hands in for others, too.
    """
    known = must_be_theirs(state, request, person=person, units=units, prepares=prepares)
    must_be_prepared(state)
    if state.phase not in TAKING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    _must_be(state, known, OPEN)
    return known


def must_have(state: MeetingState, request: PaperRequest) -> None:
    """Raise RequestOver when somebody else handed in another paper for it since ``request`` was read."""
    now = request_of(state, request.request)
    if now is not None and now.paper != request.paper:
        raise over(standing(state, now).value)


def must_be_theirs(
    state: MeetingState, request: str, *, person: str, units: Collection[str], prepares: bool
) -> PaperRequest:
    """The request, however it stands; raises RequestUnknown for whoever was not asked, or has to leave its item."""
    known = request_of(state, request)
    if known is None or not (prepares or is_asked(known, person, units)) or is_recused(state, person, known.item):
        raise RequestUnknown
    return known


def prepares(state: MeetingState, by: By) -> bool:
    """Whether somebody prepares this meeting."""
    return may(state, SECRETARY, by)


def _reminder(why: Why, requests: Sequence[str]) -> Draft:
    return Draft(REMINDED, {"requests": list(requests), "why": why.value})


def _must_prepare(state: MeetingState, by: By) -> None:
    if not prepares(state, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed
    must_be_prepared(state)
    if state.phase not in TAKING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)


def _prepared(state: MeetingState, request: str, by: By) -> PaperRequest:
    _must_prepare(state, by)
    known = request_of(state, request)
    if known is None:
        raise RequestUnknown
    return known


def _must_be(state: MeetingState, request: PaperRequest, allowed: Collection[Standing]) -> None:
    now = standing(state, request)
    if now not in allowed:
        raise over(now.value)


def _must_fit(state: MeetingState, until: dt.date, today: dt.date) -> None:
    last = max(today, last_day(state))
    if not today <= until <= last:
        raise RequestDayUnfit(first=today.isoformat(), last=last.isoformat())
