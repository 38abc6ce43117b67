"""What may be written on the roll: words in, drafts of events out (A1).

Rules: pure. Staff write any word about any member; an excuse needs its reason, and so does a word that contradicts the
one that stands there: what was written stays in the log, a correction is a new event. People say of themselves that
they are there, leave and come back, where the meeting lets them. Whoever comes after the opening and the appointed time
is late, but not who sat signed in before. The same word again changes nothing. After the close staff still correct
whether somebody was there, each time with the reason, until the meeting is locked: nobody comes or goes any more.

Usage::

    drafts = record(state, Written(("u-…",), Presence.EXCUSED, "ốm"), by)
    drafts = say(state, Said.HERE, by, now=now)
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, Final

from server.attendance import errors
from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may, must_have_place
from wire.phases import HOLDING, Phase
from wire.places import LEADING
from wire.quorum import here, in_time_until
from wire.state import AttendanceMethod, MeetingState, Member, Presence

RECORDED: Final = "attendance_recorded"
MAX_REASON: Final = 500
#: What follows what by itself; any other change corrects what was written.
FOLLOWS: Final[dict[Presence | None, frozenset[Presence]]] = {
    None: frozenset(Presence),
    Presence.PRESENT: frozenset({Presence.LEFT}),
    Presence.LATE: frozenset({Presence.LEFT}),
    Presence.RETURNED: frozenset({Presence.LEFT}),
    Presence.LEFT: frozenset({Presence.RETURNED}),
    Presence.ABSENT: frozenset({Presence.PRESENT, Presence.LATE, Presence.EXCUSED}),
    Presence.EXCUSED: frozenset({Presence.PRESENT, Presence.LATE}),
}


class Said(enum.StrEnum):
    """What people say of themselves: tôi có mặt · xin về · trở lại; ``here`` becomes the right word for the hour."""

    HERE = "here"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Written:
    """What staff write, about several people at once."""

    people: tuple[str, ...]
    presence: Presence
    reason: str = ""


def record(state: MeetingState, written: Written, by: By) -> tuple[Draft, ...]:
    """The roll as staff write it; raises unless ``by`` leads here and every word may stand."""
    must_lead(state, by)
    if state.phase is not Phase.CLOSED:
        _in_phase(state)
    elif written.presence in {Presence.LEFT, Presence.RETURNED}:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    if not written.people or len(set(written.people)) != len(written.people):
        raise errors.NobodyNamed
    drafts = (_word(state, _member(state, person), written) for person in written.people)
    return tuple(draft for draft in drafts if draft is not None)


def must_lead(state: MeetingState, by: By) -> None:
    """Raise unless ``by`` keeps the roll here."""
    if not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed


def say(state: MeetingState, said: Said, by: By, *, now: dt.datetime, reason: str = "") -> tuple[Draft, ...]:
    """What somebody says of themselves."""
    member = _member(state, by.person)
    _in_phase(state)
    known = state.presence_of(by.person)
    if said is Said.LEFT:
        if by.person not in here(state):
            raise errors.NotThere(name=member.name)
        return (_draft(by.person, Presence.LEFT, AttendanceMethod.SELF, reason),)
    if known is not None and known.presence.is_there:
        return ()
    # From a desk anybody could be anywhere: who does not lead the meeting says it at a seat.
    is_here = member.role in LEADING or any(person == by.person for person, _ in state.seated)
    if not state.roll_rules.by_self or not is_here:
        raise errors.SelfRollCallOff
    return (_draft(by.person, arriving(state, by.person, now=now), AttendanceMethod.SELF, reason),)


def arriving(state: MeetingState, person: str, *, now: dt.datetime) -> Presence:
    """The word for who says now that they are there: nobody is late within the meeting's grace (W156)."""
    known = state.presence_of(person)
    if known is not None and known.presence is Presence.LEFT:
        return Presence.RETURNED
    until = in_time_until(state.opened_at, state.starts_at, state.roll_rules)
    # Who sat there in time was there, whenever they say so.
    since = min(now, dict(state.arrivals).get(person, now))
    return Presence.PRESENT if until is None or since <= until else Presence.LATE


def _word(state: MeetingState, member: Member, written: Written) -> Draft | None:
    known = state.presence_of(member.person)
    before = None if known is None else known.presence
    if before is written.presence and (not written.reason or (known is not None and known.reason == written.reason)):
        return None
    if written.presence is Presence.LEFT and before is None and member.person not in here(state):
        raise errors.NotThere(name=member.name)
    if written.presence is Presence.RETURNED and before is not Presence.LEFT:
        raise errors.StillThere(name=member.name)
    corrects = written.presence not in FOLLOWS[before]
    # Of a meeting that is over every word corrects what was written, or was not.
    corrects = corrects or state.phase is Phase.CLOSED
    if (written.presence is Presence.EXCUSED or corrects) and not written.reason.strip():
        raise errors.ReasonNeeded(name=member.name)
    return _draft(member.person, written.presence, AttendanceMethod.STAFF, written.reason)


def _draft(person: str, presence: Presence, method: AttendanceMethod, reason: str) -> Draft:
    data: dict[str, Any] = {"person": person, "presence": presence.value, "method": method.value}
    words = reason.strip()
    return Draft(RECORDED, {**data, "reason": words} if words else data)


def _member(state: MeetingState, person: str) -> Member:
    found = state.member(person)
    if found is None:
        raise meeting_errors.NotAMember
    must_have_place(state, person)
    return found


def _in_phase(state: MeetingState) -> None:
    if state.phase not in HOLDING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
