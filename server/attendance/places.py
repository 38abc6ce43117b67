"""Who stands for whom, and who leaves an item: what may be written, as drafts of events (A3, W89, W90).

Rules: pure. Chair and secretary decide, before the meeting and during it. A substitute takes the place of a member who
is not in the room; never both are there. Nobody who leads the meeting leaves an item: they hand over first. Naming the
same again changes nothing.

Usage::

    drafts = name_substitute(state, Standing("u-…", "u-…", …), person, by)
    drafts = recuse(state, Leaving("i-…", "u-…", "người thân của bị can"), by)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.attendance import errors
from server.attendance.model import must_lead
from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import By
from server.meetings.model import Draft, must_be_prepared
from server.meetings.ports import Person
from wire.phases import LIVE, PREPARING
from wire.places import (
    LEADING,
    MEMBER_RECUSED,
    RECUSAL_ENDED,
    SUBSTITUTE_ENDED,
    SUBSTITUTE_NAMED,
    replaced_by,
    stands_for,
)
from wire.quorum import here
from wire.state import MeetingState, Member, MemberRole


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands for whom, with which rights, on what authority."""

    member: str
    person: str
    may_speak: bool
    may_vote: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves which item, and why."""

    item: str
    person: str
    reason: str


def name_substitute(state: MeetingState, standing: Standing, person: Person, by: By) -> tuple[Draft, ...]:
    """``person`` (as the house knows them) sits in the member's place from now on."""
    must_lead(state, by)
    _in_phase(state)
    member = _member(state, standing.member)
    _must_be_free(state, member, standing, name=person.name)
    if member.person in here(state):
        raise errors.MemberStillHere(name=member.name)
    data: dict[str, Any] = {
        "member": member.person,
        "person": standing.person,
        "name": person.name,
        "position": person.position,
        "unit": person.unit,
        "may_speak": standing.may_speak,
        "may_vote": standing.may_vote,
        "reason": _reason(standing.reason, member.name),
    }
    return (Draft(SUBSTITUTE_NAMED, data),)


def _must_be_free(state: MeetingState, member: Member, standing: Standing, *, name: str) -> None:
    taken = replaced_by(state, member.person) or stands_for(state, member.person)
    if member.role is not MemberRole.MEMBER or taken is not None or member.person == standing.person:
        raise errors.NotReplaceable(name=member.name)
    known = state.member(standing.person)
    if known is not None and known.role is not MemberRole.GUEST:
        raise errors.HasOwnPlace(name=name)


def end_substitute(state: MeetingState, member: str, by: By, *, reason: str = "") -> tuple[Draft, ...]:
    """The member has their place again."""
    must_lead(state, by)
    _in_phase(state)
    if replaced_by(state, member) is None:
        raise errors.NotReplaced
    words = reason.strip()
    return (Draft(SUBSTITUTE_ENDED, {"member": member, "reason": words} if words else {"member": member}),)


def recuse(state: MeetingState, leaving: Leaving, by: By) -> tuple[Draft, ...]:
    """The member leaves the item: it is closed to them, and they have no vote on it."""
    must_lead(state, by)
    _in_phase(state)
    member = _member(state, leaving.person)
    if state.item(leaving.item) is None:
        raise meeting_errors.NoSuchItem(item=leaving.item)
    if member.role in LEADING:
        raise errors.CannotLeave
    if any((each.item, each.person) == (leaving.item, leaving.person) for each in state.recusals):
        return ()
    return (Draft(MEMBER_RECUSED, _leaving(leaving, member)),)


def readmit(state: MeetingState, leaving: Leaving, by: By) -> tuple[Draft, ...]:
    """The member takes part in the item again."""
    must_lead(state, by)
    _in_phase(state)
    if all((each.item, each.person) != (leaving.item, leaving.person) for each in state.recusals):
        raise errors.NotRecused
    if leaving.person == by.person:
        raise NotAllowed  # who left an item does not call themselves back
    return (Draft(RECUSAL_ENDED, _leaving(leaving, _member(state, leaving.person))),)


def _leaving(leaving: Leaving, member: Member) -> dict[str, Any]:
    return {"item": leaving.item, "person": member.person, "reason": _reason(leaving.reason, member.name)}


def _member(state: MeetingState, person: str) -> Member:
    found = state.member(person)
    if found is None:
        raise meeting_errors.NotAMember
    return found


def _reason(text: str, name: str) -> str:
    if not text.strip():
        raise errors.ReasonNeeded(name=name)
    return text.strip()


def _in_phase(state: MeetingState) -> None:
    must_be_prepared(state)
    if state.phase not in PREPARING | LIVE:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
