"""What somebody holds in meetings: chair, secretary and member of those to come, and papers they were asked for.

Rule HO1: a meeting that goes on, or is over, keeps its people; who leaves it while it goes on is its chair's matter.
The administrator is lent the right of who prepares a meeting for this one change; the events carry their own name.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from server.errors import ServerError, Unavailable
from server.handover.errors import CannotMove, HoldsNoMore
from server.handover.model import Holding, Kind
from server.handover.ports import Asked
from server.identity.model import Account, Actor
from server.meetings import model
from server.meetings.commands import By, Command, SetAgenda, SetMembers
from server.meetings.model import Draft, Log
from server.meetings.ports import MeetingRow
from server.requests import model as asking
from server.requests.model import Whom, Wording
from wire.errors import WireError
from wire.ids import MeetingId
from wire.paper_requests import OPEN, PaperRequest
from wire.phases import LIVE, PREPARING, Phase
from wire.request_fold import request_of, standing
from wire.state import MeetingState, Member, MemberRole

_LOG: Final = logging.getLogger("handover")
_LED: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY})


class Meetings(Protocol):
    """All meetings (``server/meetings``)."""

    def meetings_of(self, actor: Actor) -> Sequence[tuple[MeetingRow, MemberRole | None]]:
        """Those somebody may see, with their role."""
        ...

    def among(self, phases: Any) -> Sequence[MeetingRow]:
        """Those in these phases, without rehearsals."""
        ...

    def state(self, meeting: MeetingId) -> MeetingState:
        """Raises NoSuchMeeting."""
        ...

    def change(
        self, meeting: MeetingId, *, actor: str, now: dt.datetime, decide: Callable[[Log], Sequence[Draft]]
    ) -> dict[str, Any]:
        """Append what ``decide`` gives."""
        ...


@dataclass(frozen=True, slots=True)
class MeetingSource:
    """Chair and secretary of meetings that are not over."""

    meetings: Meetings
    kind: Kind = Kind.MEETING

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """What the person leads; what goes on stays."""
        found = []
        for row, role in self.meetings.meetings_of(Actor(person)):
            phase = Phase(row.phase)
            if role in _LED and row.rehearsal_of is None and phase in PREPARING | LIVE:
                why = "" if phase in PREPARING else "goes_on"
                found.append(Holding(self.kind, row.id, role.value, row.title, f"/meetings/{row.id}", why))
        return found

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """``to`` has their role, their seat and their items; raises what the rules of meetings refuse."""
        by = By(asked.actor.person_id, is_secretary=True)

        def decide(log: Log) -> Sequence[Draft]:
            drafts: tuple[Draft, ...] = ()
            for command in _commands(log, person, to):
                made = model.decide(log, command, by)
                log = log.grown(log.events_of(made, actor=asked.actor.label, now=asked.now))
                drafts += tuple(made)
            return drafts

        meeting = MeetingId(holding.thing)
        self.meetings.change(meeting, actor=asked.actor.label, now=asked.now, decide=decide)


def _commands(log: Log, person: str, to: Account) -> list[Command]:
    """First both are in it, then the items change hands, then the one who leaves is gone."""
    state = log.state
    leaving = state.member(person)
    known = state.member(to.id)
    if leaving is None and known is not None and known.role in _LED:
        return []  # taken over before
    if leaving is None or leaving.role not in _LED:
        raise HoldsNoMore(title=state.title)
    if state.phase not in PREPARING:
        raise CannotMove(title=state.title)
    others = tuple(each for each in state.members if each.person not in {person, to.id})
    # Nobody is less than before: a chair who takes over what its secretary did stays the chair.
    leads = known is not None and known.role is MemberRole.CHAIR
    taking = Member(to.id, to.name, to.position, to.unit, MemberRole.CHAIR if leads else leaving.role)
    # Whoever has a place keeps it; who is new takes the one that becomes free.
    own = leaving if known is None or known.seat is None else known
    after = replace(taking, seat=own.seat, seat_label=own.seat_label)
    before = replace(taking, role=MemberRole.SECRETARY) if known is None else known
    items = tuple(replace(each, presenter=to.id) if each.presenter == person else each for each in state.agenda)
    commands: list[Command] = [SetMembers((*others, leaving, before))]
    if items != state.agenda:
        commands.append(SetAgenda(items, log.agenda_seq))
    return [*commands, SetMembers((*others, after))]


@dataclass(frozen=True, slots=True)
class MembershipSource:
    """Meetings to come that they only take part in: with the account they are no member any more (HO3).

    Whoever is not invited in their place is missed by no quorum. What a meeting's rules refuse stays, and its secretary
    is told that they have left.
    """

    meetings: Meetings
    kind: Kind = Kind.MEMBERSHIP

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """As members, guests or presenters."""
        return [
            Holding(self.kind, row.id, role.value, row.title, f"/meetings/{row.id}")
            for row, role in self.meetings.meetings_of(Actor(person))
            if role is not None and role not in _LED and row.rehearsal_of is None and Phase(row.phase) in PREPARING
        ]

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:  # noqa: ARG002 - the port's signature
        """They are off its list, and present nothing."""
        by = By(asked.actor.person_id, is_secretary=True)

        def decide(log: Log) -> Sequence[Draft]:
            drafts: tuple[Draft, ...] = ()
            for command in _without(log, person):
                made = model.decide(log, command, by)
                log = log.grown(log.events_of(made, actor=asked.actor.label, now=asked.now))
                drafts += tuple(made)
            return drafts

        try:
            self.meetings.change(MeetingId(holding.thing), actor=asked.actor.label, now=asked.now, decide=decide)
        except Unavailable:
            raise
        except (ServerError, WireError) as refused:
            _LOG.info("still a member of %s: %s", holding.thing, type(refused).__name__)


def _without(log: Log, person: str) -> list[Command]:
    state = log.state
    known = state.member(person)
    if known is None or known.role in _LED or state.phase not in PREPARING:
        return []
    items = tuple(replace(each, presenter=None) if each.presenter == person else each for each in state.agenda)
    first: list[Command] = [] if items == state.agenda else [SetAgenda(items, log.agenda_seq)]
    return [*first, SetMembers(tuple(each for each in state.members if each.person != person))]


@dataclass(frozen=True, slots=True)
class RequestSource:
    """Papers they were asked for by name and have not handed in."""

    meetings: Meetings
    kind: Kind = Kind.REQUEST

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """Of meetings that take papers."""
        found = []
        for row in self.meetings.among(asking.TAKING):
            state = self.meetings.state(row.id)
            for each in state.requests:
                if each.person == person and _waits(state, each):
                    path = f"/requests/{row.id}/{each.request}"
                    found.append(Holding(self.kind, f"{row.id}:{each.request}", "asked", each.what, path))
        return found

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """It is asked of ``to``; raises what the rules of requests refuse."""
        meeting, _, request = holding.thing.partition(":")
        by, today = By(asked.actor.person_id, is_secretary=True), asking.day_in_house(asked.now)

        def decide(log: Log) -> Sequence[Draft]:
            known = request_of(log.state, request)
            if known is not None and known.person == to.id:
                return ()
            if known is None or known.person != person:
                raise HoldsNoMore(title=holding.title)
            wording = Wording(Whom(to.name, person=to.id), known.what, known.until, known.revision)
            return asking.change(log.state, request, wording, by, today=today)

        self.meetings.change(MeetingId(meeting), actor=asked.actor.label, now=asked.now, decide=decide)


def _waits(state: MeetingState, request: PaperRequest) -> bool:
    return standing(state, request) in OPEN
