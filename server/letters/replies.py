"""Use cases of the answers to invitations: answer, decide, remind, and what is shown of them.

Rules N11–N14: who leads sees everybody's answers, everybody else their own. What is late by the calendar of working
days (K3) is said, and stops nobody.

Usage::

    replies.answer(meeting, Said(person, Reply.ATTEND), ask=ask)
    replies.shown(meeting, actor, now=now)["counts"]
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.attendance.service import Ask
from server.attendance.table import HOUSE
from server.identity.model import Account, Actor, Role
from server.letters import answers
from server.letters.answers import Decision, Said
from server.letters.days import day_of
from server.meetings.commands import LEADERS, By
from server.meetings.logbook import Decide
from server.meetings.model import may
from server.meetings.service import MeetingService
from server.names import by_name
from server.workdays.model import Deadlines, answers_by
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.letter_fold import invited, revoked
from wire.letters import Invitation, Reply, counts
from wire.phases import PREPARING
from wire.state import MeetingState, Member, MemberRole


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def people(self) -> Sequence[Account]:
        """All of them."""
        ...

    def ended_of(self, people: Collection[str]) -> frozenset[str]:
        """Those who have left."""
        ...

    def enabled_of(self, people: Collection[str], *, now: dt.datetime) -> frozenset[str]:
        """Those who may act."""
        ...


class Calendar(Protocol):
    """The house's working days."""

    def deadlines(self, meeting: dt.date, *, closed: dt.date | None) -> Deadlines:
        """Until when something is in time."""
        ...

    def is_worked(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        ...


@dataclass(frozen=True, slots=True)
class ReplyService:
    """The answers of all meetings."""

    meetings: MeetingService
    people: People
    calendar: Calendar

    def answer(self, meeting: MeetingId, said: Said, *, ask: Ask) -> dict[str, Any]:
        """Somebody's answer, by themselves or by who leads; gives ``{seq}``."""
        person = self.people.person(said.substitute) if said.substitute else None
        return self._change(meeting, lambda log: answers.answer(log.state, said, ask.by, substitute=person), ask)

    def decide(self, meeting: MeetingId, decision: Decision, *, ask: Ask) -> dict[str, Any]:
        """Whether an absence or a substitute is approved; gives ``{seq}``."""
        state = self.meetings.state(meeting)
        seen = None if state.invitation is None else state.invitation.answer(decision.person)
        sent = self.people.person(seen.substitute) if seen is not None and seen.substitute else None
        return self._change(meeting, lambda log: answers.decide(log.state, decision, ask.by, substitute=sent), ask)

    def remind(self, meeting: MeetingId, people: Collection[str], *, ask: Ask) -> dict[str, Any]:
        """Remind some, or all who have not answered; gives ``{seq}``."""
        gone = self.people.ended_of(invited(self.meetings.state(meeting)))
        return self._change(meeting, lambda log: answers.remind(log.state, people, ask.by, gone=gone), ask)

    def shown(self, meeting: MeetingId, actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
        """The invitation as ``actor`` may see it; raises NotAllowed."""
        state = self.meetings.see(meeting, actor)
        by = By(actor.person_id, is_secretary=actor.has(Role.SECRETARY))
        leads = may(state, LEADERS, by)
        found = state.invitation
        gone = self.people.ended_of([each.person for each in state.members]) if leads else frozenset()
        told = [each.name for each in state.members if each.person in gone] if state.phase in PREPARING else []
        if found is None:
            return {"sent": None, "timing": self._timing(state, now), "leads": leads, "left": told}
        asked = invited(state)
        value: dict[str, Any] = {
            "sent": self._sent(state, found),
            "timing": self._timing(state, now),
            "leads": leads,
            "left": told,
            "open": state.phase in PREPARING and revoked(state) is None,
            "mine": self._line(state, found, actor.person_id) if actor.person_id in asked else None,
        }
        if leads or actor.has(Role.AUDITOR):
            # Before the opening: whom it found there afterwards had their account then.
            left = self.people.ended_of(asked) if state.phase in PREPARING else frozenset()
            coming = [person for person in asked if person not in left]
            value["counts"] = {**dataclasses.asdict(counts(found, coming)), "left": len(left)}
            value["people"] = [{**self._line(state, found, each), "left": each in left} for each in asked]
        return value

    def mine(self, actor: Actor, *, now: dt.datetime) -> list[dict[str, Any]]:
        """The invitations that a person may still answer, the nearest meeting first."""
        found = []
        for row, role in self.meetings.meetings_of(actor):
            if role is None or row.phase not in PREPARING or row.rehearsal_of is not None:
                continue
            state = self.meetings.state(row.id)
            if state.invitation is None or actor.person_id not in invited(state):
                continue
            about = {"meeting": row.id, "title": row.title, "starts_at": print_instant(row.starts_at)}
            line = self._line(state, state.invitation, actor.person_id)
            sent, timing = self._sent(state, state.invitation), self._timing(state, now)
            found.append({**about, "room_name": row.room_name, "sent": sent, "timing": timing, "mine": line})
        return sorted(found, key=lambda each: str(each["starts_at"]))

    def candidates(self, meeting: MeetingId, actor: Actor, *, now: dt.datetime) -> list[dict[str, Any]]:
        """Who may be sent in somebody's place: accounts that may act and have no place here.

        Raises NotAllowed for a member who may not know of the meeting yet.
        """
        state = self.meetings.see(meeting, actor)
        free = [each for each in self.people.people() if _is_free(state, each.id)]
        enabled = self.people.enabled_of([each.id for each in free], now=now)
        return [
            {"person": each.id, "name": each.name, "position": each.position, "unit": each.unit}
            for each in sorted(free, key=lambda one: by_name(one.name))
            if each.id in enabled
        ]

    def _change(self, meeting: MeetingId, decide: Decide, ask: Ask) -> dict[str, Any]:
        return self.meetings.change(meeting, actor=ask.actor, now=ask.now, decide=decide, key=ask.key)

    def _sent(self, state: MeetingState, found: Invitation) -> dict[str, Any]:
        letter = next((each for each in state.letters if each.letter == found.letter), None)
        gone = revoked(state)
        return {
            "letter": found.letter,
            "number": "" if letter is None else letter.number,
            "issued_on": "" if letter is None else letter.issued_on,
            "sent_at": print_instant(found.sent_at),
            "asked_at": print_instant(found.asked_at),
            "moved": found.moved,
            "revoked_at": None if gone is None or gone.revoked_at is None else print_instant(gone.revoked_at),
            "revoked": "" if gone is None else gone.revoked,
        }

    def _line(self, state: MeetingState, found: Invitation, person: str) -> dict[str, Any]:
        member, said, reminder = state.member(person), found.answer(person), found.reminder(person)
        return {
            "person": person,
            **_about(member),
            "may_send": member is not None and member.role is MemberRole.MEMBER,
            "reply": None if said is None else said.reply.value,
            "reason": "" if said is None else said.reason,
            "at": None if said is None else print_instant(said.at),
            "by": "" if said is None or said.by == person else self._name(said.by),
            "substitute": said.substitute or None if said is not None else None,
            "substitute_name": self._name(said.substitute) if said is not None and said.substitute else "",
            "approved": None if said is None or said.reply is Reply.ATTEND else said.approved,
            "decision": "" if said is None else said.decision,
            "reminded_at": None if reminder is None else print_instant(reminder.at),
            "reminders": 0 if reminder is None else reminder.count,
        }

    def _timing(self, state: MeetingState, now: dt.datetime) -> dict[str, Any] | None:
        """Until when in working days, what is late, and whether the meeting falls on a day off; None without a day."""
        day = day_of(state.starts_at)
        if day is None:
            return None
        until, today = self.calendar.deadlines(day, closed=None), now.astimezone(HOUSE).date()
        found = state.invitation
        told = today if found is None else found.asked_at.astimezone(HOUSE).date()
        answers_until = answers_by(until.answers, day, asked=told) or day
        return {
            "invitation": until.invitation.isoformat(),
            "answers": answers_until.isoformat(),
            "invitation_late": told > until.invitation,
            "answers_late": today > answers_until,
            "day_off": not self.calendar.is_worked(day),
        }

    def _name(self, person: str) -> str:
        return self.people.person(person).name


def _about(member: Member | None) -> dict[str, Any]:
    if member is None:
        return {"name": "", "position": "", "unit": "", "role": ""}
    return {"name": member.name, "position": member.position, "unit": member.unit, "role": member.role.value}


def _is_free(state: MeetingState, person: str) -> bool:
    known = state.member(person)
    standing = any(each.person == person for each in state.substitutes)
    return not standing and (known is None or known.role is MemberRole.GUEST)
