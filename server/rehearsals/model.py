"""What a rehearsal begins with, and when it is over (M5).

Rules: pure. A rehearsal has the people, places, agenda and published papers of its meeting as they were at one moment,
in papers and a log of its own; only its chair may be another: who prepares a meeting tries it out without troubling
the head of the house. Nobody comes to read more by it than the meeting gives them: when the meeting changes in what it
gives to whom, its rehearsal is over.

Usage::

    drafts = copy(state, papers, leader="u-…")
    is_over(rehearsal, source, later=source_events_since, now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from server.meetings import agenda
from server.meetings.model import Draft, member_value, start_epoch
from server.rehearsals import errors
from wire.events import Event
from wire.fields import print_instant
from wire.phases import LIVE, Change, Phase
from wire.places import MEMBER_RECUSED, RECUSAL_ENDED, SUBSTITUTE_ENDED, SUBSTITUTE_NAMED
from wire.quorum import rules_value
from wire.rehearsal import Rehearsal, titled
from wire.state import MeetingState, Member, MemberRole, Paper, PaperState

#: A rehearsal that everybody has left ends itself.
LONGEST: Final = dt.timedelta(hours=24)
#: Kinds of events that change what a meeting gives to whom.
_CHANGING: Final = frozenset(
    {
        "meeting_described",
        "members_set",
        "agenda_set",
        "paper_recalled",
        "paper_published",
        SUBSTITUTE_NAMED,
        SUBSTITUTE_ENDED,
        MEMBER_RECUSED,
        RECUSAL_ENDED,
        *(change.value for change in Change),
    }
)


@dataclass(frozen=True, slots=True)
class CopiedPaper:
    """A published paper under an id of the rehearsal's own. ``manifest_sha256`` is of its own manifest."""

    source: Paper
    paper: str
    manifest_sha256: str
    plain_sha256: str


def published(state: MeetingState) -> list[Paper]:
    """The papers that a rehearsal has: what the seats hold now."""
    return [paper for paper in state.papers if paper.readable_version]


def must_be_rehearsable(state: MeetingState) -> None:
    """Raise NotRehearsable unless the meeting is approved, and no rehearsal itself."""
    if state.phase is not Phase.APPROVED or state.rehearsal is not None:
        raise errors.NotRehearsable(phase=state.phase.value)


def led_by(state: MeetingState, leader: Member) -> tuple[Member, ...]:
    """The members with ``leader`` as the chair; raises ChairElsewhere, LeaderRecused.

    The chair is then an ordinary member: nobody has two places, and there is one chair.
    """
    known = state.member(leader.person)
    if known is not None and known.role is MemberRole.CHAIR:
        return state.members
    if any(leader.person in {each.member, each.person} for each in state.substitutes):
        raise errors.ChairElsewhere
    if any(out.person == leader.person for out in state.recusals):
        raise errors.LeaderRecused
    sitting = replace(leader, role=MemberRole.CHAIR) if known is None else replace(known, role=MemberRole.CHAIR)
    others = (
        replace(member, role=MemberRole.MEMBER) if member.role is MemberRole.CHAIR else member
        for member in state.members
        if member.person != leader.person
    )
    return (sitting, *others)


def copy(state: MeetingState, papers: Iterable[CopiedPaper], *, leader: Member) -> tuple[Draft, ...]:
    """The first events of a rehearsal of ``state``; raises NotRehearsable, ChairElsewhere, LeaderRecused."""
    must_be_rehearsable(state)
    members = led_by(state, leader)
    stand = {each.person: each for each in state.substitutes}
    # Who stands for somebody comes with the word that says so, and who was a guest before is one until then.
    first = [m for m in members if m.person not in stand or stand[m.person].was_guest]
    return (
        Draft("meeting_created", _description(state)),
        Draft("members_set", {"members": [member_value(_before(state, member)) for member in first]}),
        Draft("agenda_set", {"items": [agenda.to_value(item) for item in state.agenda]}),
        *_places(state),
        Draft(Change.SUBMIT.value, {}),
        Draft(Change.APPROVE.value, {}),
        start_epoch(MeetingState()),
        *(draft for paper in papers for draft in _paper(paper)),
    )


def _before(state: MeetingState, member: Member) -> Member:
    """A member as they were before a substitute was named: their seat goes with the place."""
    for each in state.substitutes:
        if each.person == member.person:
            return replace(member, role=MemberRole.GUEST, seat=None, seat_label="")
        if each.member == member.person:
            sitter = state.member(each.person)
            return member if sitter is None else replace(member, seat=sitter.seat, seat_label=sitter.seat_label)
    return member


def _description(state: MeetingState) -> dict[str, Any]:
    starts_at = state.starts_at or dt.datetime.fromtimestamp(0, dt.UTC)
    return {
        "title": titled(state.title),
        "type": state.kind,
        "room": state.room,
        "room_name": state.room_name,
        "starts_at": print_instant(starts_at),
        "planned_minutes": state.planned_minutes,
        "roll": rules_value(state.roll_rules),
        "rehearsal": Rehearsal("" if state.last is None else state.last.meeting, state.seq).to_value(),
    }


def _places(state: MeetingState) -> list[Draft]:
    drafts = []
    for each in state.substitutes:
        sitter = state.member(each.person)
        if sitter is not None:
            words = {"name": sitter.name, "position": sitter.position, "unit": sitter.unit, "reason": each.reason}
            rights = {"may_speak": each.may_speak, "may_vote": each.may_vote}
            drafts.append(Draft(SUBSTITUTE_NAMED, {"member": each.member, "person": each.person, **words, **rights}))
    drafts.extend(
        Draft(MEMBER_RECUSED, {"item": out.item, "person": out.person, "reason": out.reason}) for out in state.recusals
    )
    return drafts


def _paper(copied: CopiedPaper) -> tuple[Draft, ...]:
    paper = copied.source
    submitted = {
        "paper": copied.paper,
        "item": paper.item,
        "title": paper.title,
        "secrecy": paper.secrecy.value,
        "version": 1,
        "pages": paper.published_pages,
        "size_bytes": paper.size_bytes,
        "plain_sha256": copied.plain_sha256,
        "owner": paper.owner,
        "signed": paper.signed and paper.state is PaperState.PUBLISHED,
    }
    return (
        Draft("paper_submitted", submitted),
        Draft("paper_approved", {"paper": copied.paper}),
        Draft("paper_published", {"paper": copied.paper, "version": 1, "manifest_sha256": copied.manifest_sha256}),
    )


def is_over(
    started_at: dt.datetime, source: MeetingState, later: Iterable[Event], *, room_is_live: bool, now: dt.datetime
) -> bool:
    """Whether a rehearsal has to end by itself. ``later``: what happened in its meeting since it was copied."""
    if source.phase is not Phase.APPROVED or room_is_live or now - started_at >= LONGEST:
        return True
    return any(event.kind in _CHANGING for event in later)


def live_in(room: str, states: Mapping[str, MeetingState]) -> MeetingState | None:
    """A real meeting that goes on in ``room``."""
    going = (state for state in states.values() if state.room == room and state.phase in LIVE)
    return next((state for state in going if state.rehearsal is None), None)
