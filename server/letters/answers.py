"""What may be answered to an invitation, and what is decided about it: words in, drafts of events out.

Rules N11–N13: pure. People answer for themselves; who leads the meeting answers for others, and the event says so. An
answer may be changed until the meeting opens. Whoever was to come in somebody's place comes no more when that answer
changes. An absence, and a substitute with the rights granted (A3), is approved by who leads. Reminded is who has not
answered.

Usage::

    drafts = answer(state, Said("u-…", Reply.ABSENT, "Đi công tác"), by)
    drafts = decide(state, Decision("u-…", approved=True, at="…"), by, substitute=None)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from server.attendance import places
from server.attendance.errors import NotReplaceable
from server.attendance.model import must_lead
from server.attendance.places import Standing
from server.errors import NotAllowed
from server.letters.errors import (
    AnswerChanged,
    AnswerIncomplete,
    AnswersOver,
    InvitationNotSent,
    InvitationRevoked,
    NobodyToRemind,
    NothingToDecide,
    NotInvited,
    SubstituteUnfit,
)
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may, must_be_prepared
from server.meetings.ports import Person
from wire.fields import print_instant
from wire.letter_fold import invited, revoked
from wire.letters import Invitation, Reply
from wire.phases import PREPARING
from wire.places import SUBSTITUTE_ENDED, replaced_by, stands_for
from wire.state import MeetingState, Member, MemberRole

#: Why somebody stands for a member whose answer gave no reason.
BY_ANSWER: Final = "Trả lời giấy mời"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer; ``substitute``: whom they send."""

    person: str
    reply: Reply
    reason: str = ""
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """About an absence or a substitute, with the rights that are granted; ``at``: of the answer that was seen."""

    person: str
    approved: bool
    at: str
    reason: str = ""
    may_speak: bool = True
    may_vote: bool = True


def answer(state: MeetingState, said: Said, by: By, *, substitute: Person | None = None) -> tuple[Draft, ...]:
    """What somebody answers, or has answered for them; the same again changes nothing."""
    if said.person != by.person and not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed
    invitation, member = _asked(state, said.person)
    _must_be_whole(said)
    if said.reply is Reply.SUBSTITUTE:
        _must_fit(state, invitation, member, said=said, name="" if substitute is None else substitute.name)
    known = invitation.answer(said.person)
    if known is not None and (known.reply, known.reason, known.substitute) == (
        said.reply,
        said.reason,
        said.substitute,
    ):
        return ()
    data: dict[str, Any] = {"person": said.person, "reply": said.reply.value}
    data |= {"reason": said.reason} if said.reason else {}
    data |= {"substitute": said.substitute} if said.substitute else {}
    return (*_no_longer(state, said.person), Draft("invitation_answered", data))


def decide(state: MeetingState, decision: Decision, by: By, *, substitute: Person | None) -> tuple[Draft, ...]:
    """Whether an absence or a substitute is approved; ``substitute``: the account of whom the answer names."""
    must_lead(state, by)
    invitation, member = _asked(state, decision.person)
    known = invitation.answer(decision.person)
    if known is None or known.reply is Reply.ATTEND:
        raise NothingToDecide(name=member.name)
    if print_instant(known.at) != decision.at:
        raise AnswerChanged(name=member.name)
    if not decision.approved and not decision.reason:
        raise AnswerIncomplete
    data: dict[str, Any] = {"person": decision.person, "approved": decision.approved}
    data |= {"reason": decision.reason} if decision.reason else {}
    drafts: tuple[Draft, ...] = (Draft("absence_decided", data),)
    if known.reply is not Reply.SUBSTITUTE:
        return drafts
    if not decision.approved:
        return (*drafts, *_no_longer(state, decision.person))
    if replaced_by(state, decision.person) is not None or substitute is None:
        return drafts
    standing = Standing(
        decision.person,
        known.substitute,
        may_speak=decision.may_speak,
        may_vote=decision.may_vote,
        reason=known.reason or BY_ANSWER,
    )
    return (*drafts, *places.name_substitute(state, standing, substitute, by))


def remind(state: MeetingState, people: Collection[str], by: By, *, gone: Collection[str] = ()) -> tuple[Draft, ...]:
    """Remind ``people``, or everybody who has not answered when it is empty; nobody who is ``gone``."""
    must_lead(state, by)
    invitation = _sent(state)
    waited = [each for each in invited(state) if invitation.answer(each) is None and each not in gone]
    wanted = [person for person in waited if not people or person in people]
    if not wanted:
        raise NobodyToRemind
    return (Draft("invitation_reminded", {"people": wanted}),)


def _asked(state: MeetingState, person: str) -> tuple[Invitation, Member]:
    member = state.member(person)
    if member is None:
        raise meeting_errors.NotAMember
    invitation = _sent(state)
    if person not in invited(state):
        raise NotInvited(name=member.name)
    return invitation, member


def _sent(state: MeetingState) -> Invitation:
    must_be_prepared(state)
    if state.invitation is None:
        raise InvitationNotSent
    if state.phase not in PREPARING:
        raise AnswersOver(phase=state.phase.value)
    gone = revoked(state)
    if gone is not None:
        raise InvitationRevoked(number=gone.number)
    return state.invitation


def _must_be_whole(said: Said) -> None:
    if (said.reply is Reply.ABSENT and not said.reason) or (said.reply is Reply.SUBSTITUTE) != bool(said.substitute):
        raise AnswerIncomplete


def _must_fit(state: MeetingState, invitation: Invitation, member: Member, *, said: Said, name: str) -> None:
    """Sent by a member with a place, and somebody without one of their own whom nobody else sends."""
    if member.role is not MemberRole.MEMBER:
        raise NotReplaceable(name=member.name)
    known = state.member(said.substitute)
    own = replaced_by(state, member.person)
    if own is not None and own.person == said.substitute:
        return
    sent = any(each.substitute == said.substitute for each in invitation.answers if each.person != member.person)
    has_place = known is not None and (
        known.role is not MemberRole.GUEST or stands_for(state, known.person) is not None
    )
    if has_place or sent or said.substitute == member.person:
        raise SubstituteUnfit(name=name)


def _no_longer(state: MeetingState, person: str) -> tuple[Draft, ...]:
    """Who was to come in this person's place does not."""
    if replaced_by(state, person) is None:
        return ()
    return (Draft(SUBSTITUTE_ENDED, {"member": person}),)
