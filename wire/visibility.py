"""Who sees which part of a meeting (M4, P5): the state as it is for one person, or for the display.

Rules W46: chair and secretary see everything. Others see published papers at their published
version, and no part of an item that is hidden, or internal to a guest or an outside presenter –
unless they present it. What is below such an item is not seen either. Who is not a member sees
what, where and when, and nothing else. The room display shows what the chair sends: common items,
the item that is dealt with, the page that is presented (F2). Of a vote (W67) others than chair and
secretary see that it goes on, how many have voted and whether they have; names and result once it is
announced, and nothing of one that is only prepared or was withdrawn. Whoever is recused from an item (W90) knows of it
and of their recusal, and of nothing else in it: no paper, no page that is presented, no vote. Of papers to be signed
others than chair and secretary know of those they sign, of the minutes, and of what all have signed and is issued.

Usage::

    sections(for_person(state, person))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from wire.agenda import numbers
from wire.before import Before
from wire.conclusions import visible as visible_conclusions
from wire.letters import Invitation
from wire.notice_view import visible as visible_notices
from wire.places import is_recused
from wire.speak_view import visible as visible_speaking
from wire.speaking import Speaking
from wire.state import (
    Item,
    MeetingState,
    Member,
    MemberRole,
    Paper,
    PaperState,
    Recall,
    SigningRound,
    Visibility,
)
from wire.votes import SHOWN, Vote, VoteState

STAFF: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY})
_MINUTES: Final = "minutes"
_INSIDE: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.MEMBER})


def sees(state: MeetingState, person: str | None, item: str) -> bool:
    """Whether a person may know of an agenda item; false for an item or a person not in the meeting."""
    member = None if person is None else state.member(person)
    return member is not None and _sees(state, member, item) and not is_recused(state, member.person, item)


def for_person(state: MeetingState, person: str | None) -> MeetingState:
    """The part of ``state`` that ``person`` may see (None: whoever stands before a seat)."""
    member = None if person is None else state.member(person)
    if member is None:
        bare = replace(state, members=(), agenda=(), papers=(), votes=(), presenting=None, seated=(), recall=Recall())
        bare = replace(bare, arrivals=(), stayed=())
        bare = replace(bare, presenter="", reason="", attendance=(), rounds=(), substitutes=(), recusals=(), calls=())
        bare = replace(bare, speaking=Speaking(), notices=(), invitation=None, conclusions=(), requests=())
        return replace(bare, before=Before())
    if member.role in STAFF:
        return state
    papers = tuple(shown for paper in state.papers if (shown := _paper_for(state, member, paper)) is not None)
    items = {i.item for i in state.agenda if _sees(state, member, i.item)}
    votes = tuple(_vote_for(vote, person) for vote in state.votes if not is_recused(state, member.person, vote.item))
    # Who else has to leave what is for those who lead; the substitutes' papers of authority, too.
    own = tuple(each for each in state.recusals if each.person == member.person)
    standing = tuple(replace(each, reason="") for each in state.substitutes)
    open_to = {item for item in items if not is_recused(state, member.person, item)}
    speaking = visible_speaking(state.speaking, open_to, person)
    notices = visible_notices(state.notices, member.person)
    part = _with(state, items, papers, votes=votes)
    # What somebody asks to be brought is theirs and the desk's.
    calls = tuple(each for each in state.calls if each.person == member.person)
    part = replace(part, calls=calls, recusals=own, substitutes=standing, speaking=speaking, notices=notices)
    # Who was asked for what is for those who prepare; whoever was asked is told by the server, member or not.
    part = replace(part, conclusions=visible_conclusions(state.conclusions, open_to), requests=())
    # Remarks and requests in advance are told to each reader by the server alone (W143).
    part = replace(part, before=Before(), rounds=tuple(_rounds_for(state, member)))
    return replace(part, invitation=_own_answer(state.invitation, member.person))


def for_display(state: MeetingState) -> MeetingState:
    """The part of ``state`` that a room display may show."""
    shown = {item.item for item in state.agenda if is_common(state, item)}
    active = state.active_item
    while active is not None:
        shown.add(active.item)
        active = None if active.parent is None else state.item(active.parent)
    presented = None if state.presenting is None else state.presenting.paper
    papers = tuple(paper for paper in state.papers if paper.paper == presented)
    shown_votes = tuple(_vote_for(vote, None) for vote in state.votes)
    speaking = visible_speaking(state.speaking, shown, None)
    part = _with(state, shown, papers, votes=shown_votes)
    part = replace(part, rounds=(), recusals=(), calls=(), speaking=speaking, notices=(), invitation=None)
    # What was concluded is for those in the meeting, not for whoever passes the wall.
    return replace(part, conclusions=(), requests=(), before=Before())


def _rounds_for(state: MeetingState, member: Member) -> Iterator[SigningRound]:
    """What a member knows of papers to be signed: a document that is signed and not issued is not out yet (N9)."""
    for each in state.rounds:
        signs = any(person == member.person for person, _ in each.signers)
        is_read = each.kind == _MINUTES and member.role in _INSIDE
        is_signed = all(at is not None for _, at in each.signers)
        is_out = all(letter.is_out for letter in state.letters if letter.round == each.round)
        if signs or is_read or (is_signed and is_out):
            yield each


def _own_answer(invitation: Invitation | None, person: str) -> Invitation | None:
    """Why others are absent is for those who lead."""
    if invitation is None:
        return None
    answers = tuple(each for each in invitation.answers if each.person == person)
    return replace(invitation, answers=answers, reminders=tuple(r for r in invitation.reminders if r.person == person))


def _sees(state: MeetingState, member: Member, item: str) -> bool:
    if member.role in STAFF:
        return state.item(item) is not None
    at = state.item(item)
    if at is None:
        return False
    while at is not None:
        if at.presenter == member.person:
            return True
        if at.visibility is Visibility.HIDDEN:
            return False
        if at.visibility is Visibility.INTERNAL and member.role not in _INSIDE:
            return False
        at = None if at.parent is None else state.item(at.parent)
    return True


def is_common(state: MeetingState, item: Item) -> bool:
    """Whether everybody may know of the item: neither it nor anything above it is hidden or internal."""
    at: Item | None = item
    while at is not None:
        if at.visibility is not Visibility.COMMON:
            return False
        at = None if at.parent is None else state.item(at.parent)
    return True


def _paper_for(state: MeetingState, member: Member, paper: Paper) -> Paper | None:
    """The paper as the member sees it; its owner sees it in preparation, too, unless they have to leave the item."""
    if is_recused(state, member.person, paper.item):
        return None
    if paper.owner == member.person:
        return paper
    if not paper.published_version or not _sees(state, member, paper.item):
        return None
    if paper.version == paper.published_version:
        return paper
    recalled = paper.state is PaperState.RECALLED
    return replace(
        paper,
        version=paper.published_version,
        state=PaperState.RECALLED if recalled else PaperState.PUBLISHED,
        pages=paper.published_pages,
        size_bytes=0,
        plain_sha256="",
        reason="",
    )


def _vote_for(vote: Vote, person: str | None) -> Vote:
    """The vote as the members see it (None: the room's display): names and result once it is announced (W67)."""
    if vote.state is VoteState.ANNOUNCED:
        return vote if person is not None else replace(vote, taken=(), given=())
    own = tuple(each for each in vote.roll if person is not None and person in {each.person, each.by})
    theirs = {each.person for each in own}
    taken = tuple(each for each in vote.taken if each.person in theirs)
    given = tuple(each for each in vote.given if each.person == person)
    open_part = replace(vote, roll=own, taken=taken, given=given, chair=None, sealed=True)
    return replace(open_part, ballots=(), hands=(), secret=(), receipts=())


def _with(state: MeetingState, items: set[str], papers: tuple[Paper, ...], *, votes: tuple[Vote, ...]) -> MeetingState:
    """``state`` with these items, papers, and votes on the items; an item without its parent stands at the top.

    Each keeps its number (W45): who is told "item 3" finds the same one, whatever of the agenda they see.
    """
    numbered = numbers(state.agenda)
    presenting = state.presenting
    if presenting is not None and all(paper.paper != presenting.paper for paper in papers):
        presenting = None
    return replace(
        state,
        agenda=tuple(
            replace(item, parent=item.parent if item.parent in items else None, number=numbered[item.item])
            for item in state.agenda
            if item.item in items
        ),
        papers=papers,
        votes=tuple(vote for vote in votes if vote.item in items and vote.state in SHOWN),
        presenting=presenting,
        # Why somebody is not there is for chair and secretary.
        attendance=tuple(replace(entry, reason="") for entry in state.attendance),
    )
