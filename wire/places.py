"""Who sits in whose place, and who has to leave an item: substitutes (A3) and recusals (M4), as values of the state.

Rules W89, W90: pure, with the part of the fold that knows them. A substitute is a member for as long as they stand for
somebody, at that member's seat, with the rights that were granted; the one they stand for has no place meanwhile.
Whoever is recused from an item is recused from everything below it.

Usage::

    for place in places(state): place.sitter, place.votes
    is_recused(state, "u-…", "i-…")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.state import MeetingState, Member, MemberRole, Recusal, Substitute

#: Who counts for a quorum and has a vote.
COUNTING: Final = frozenset({MemberRole.CHAIR, MemberRole.MEMBER})
#: Who sees and leads everything cannot be kept from an item.
LEADING: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY})
MAX_RECUSALS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """A right to sit and vote: whose it is, and who sits there. ``votes``: the sitter has the vote."""

    member: Member
    sitter: Member
    votes: bool

    @property
    def voter(self) -> Member:
        """Who stands on the roll of a vote: a substitute without a vote leaves the place to its absent member."""
        return self.sitter if self.votes else self.member


def places(state: MeetingState) -> tuple[Place, ...]:
    """One for everybody who counts, in the order of the members."""
    return places_of(state.members, state.substitutes)


def places_of(members: tuple[Member, ...], substitutes: tuple[Substitute, ...]) -> tuple[Place, ...]:
    """The same, of those who sit there and those who stand in for them."""
    standing = {each.person: each for each in substitutes}
    for_whom = {each.member: each for each in substitutes}
    by_name = {member.person: member for member in members} if substitutes else {}
    found = []
    for member in members:
        if member.role not in COUNTING or member.person in standing:
            continue
        by = for_whom.get(member.person)
        sitter = None if by is None else by_name.get(by.person)
        found.append(
            Place(member, member, votes=True) if by is None or sitter is None else Place(member, sitter, by.may_vote)
        )
    return tuple(found)


def replaced_by(state: MeetingState, person: str) -> Substitute | None:
    """Who stands for a person; None when nobody does."""
    return next((each for each in state.substitutes if each.member == person), None)


def stands_for(state: MeetingState, person: str) -> Substitute | None:
    """For whom a person stands; None for who is there in their own right."""
    return next((each for each in state.substitutes if each.person == person), None)


def may_speak(state: MeetingState, person: str) -> bool:
    """Whether the person may take the floor as far as their place goes: a substitute as granted, nobody replaced."""
    standing = stands_for(state, person)
    return replaced_by(state, person) is None and (standing is None or standing.may_speak)


def is_recused(state: MeetingState, person: str, item: str) -> bool:
    """Whether the person has to leave the item, or one above it."""
    own = {each.item for each in state.recusals if each.person == person}
    at = state.item(item) if own else None
    while at is not None:
        if at.item in own:
            return True
        at = None if at.parent is None else state.item(at.parent)
    return False


# ---------------------------------------------------------------- the fold


def _named(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    absent = state.member(data.id("member", "u"))
    fresh = Substitute(
        member="" if absent is None else absent.person,
        person=data.id("person", "u"),
        may_speak=data.flag("may_speak"),
        may_vote=data.flag("may_vote"),
        reason=data.text("reason", limit=500),
        since=event.at,
    )
    guest = state.member(fresh.person)
    name, position = data.text("name", limit=200), data.text("position", limit=200, empty=True)
    unit = data.text("unit", limit=200, empty=True)
    if absent is None or absent.role is not MemberRole.MEMBER or _in_use(state, absent.person, fresh.person):
        raise BadField("substitute_named", "is for somebody without a place, or of two in one place")
    if guest is not None and guest.role is not MemberRole.GUEST:
        raise BadField("substitute_named.person", "has a place of their own")
    sitter = Member(fresh.person, name, position, unit, MemberRole.MEMBER, absent.seat, absent.seat_label)
    others = tuple(m for m in state.members if m.person != fresh.person)
    members = (replace(m, seat=None, seat_label="") if m.person == absent.person else m for m in others)
    return replace(
        state,
        members=(*members, sitter),
        substitutes=(*state.substitutes, replace(fresh, was_guest=guest is not None)),
        seated=tuple(pair for pair in state.seated if absent.person not in pair),
    )


def _in_use(state: MeetingState, *people: str) -> bool:
    used = {each for pair in state.substitutes for each in (pair.member, pair.person)}
    return len(set(people)) != len(people) or not used.isdisjoint(people)


def _ended(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = replaced_by(state, data.id("member", "u"))
    if data.has("reason"):
        data.text("reason", limit=500)
    if known is None:
        raise BadField("substitute_ended.member", "is represented by nobody")
    sitter = state.member(known.person)
    members = []
    for each in state.members:
        if each.person == known.member and sitter is not None:
            members.append(replace(each, seat=sitter.seat, seat_label=sitter.seat_label))
        elif each.person == known.person:
            if known.was_guest:
                members.append(replace(each, role=MemberRole.GUEST, seat=None, seat_label=""))
        else:
            members.append(each)
    return replace(
        state,
        members=tuple(members),
        substitutes=tuple(each for each in state.substitutes if each is not known),
        seated=tuple(pair for pair in state.seated if known.person not in pair),
        # Who came for somebody else and goes presents no more; a guest may still be let present (W109).
        presenter="" if state.presenter == known.person and not known.was_guest else state.presenter,
    )


def kept(state: MeetingState) -> MeetingState:
    """After a new list of members: who is no longer on it stands for nobody, and is recused from nothing.

    Whose member is gone goes too, or is a guest again: rights that were lent do not become one's own.
    """
    roles = {member.person: member.role for member in state.members}
    both = [
        each
        for each in state.substitutes
        if roles.get(each.member) is MemberRole.MEMBER and roles.get(each.person) is MemberRole.MEMBER
    ]
    lent = {
        each.person: each
        for each in state.substitutes
        if each not in both and roles.get(each.person) is MemberRole.MEMBER
    }
    stay = (m for m in state.members if m.person not in lent or lent[m.person].was_guest)
    return replace(
        state,
        members=tuple(
            replace(m, role=MemberRole.GUEST, seat=None, seat_label="") if m.person in lent else m for m in stay
        ),
        seated=tuple(pair for pair in state.seated if lent.keys().isdisjoint(pair)),
        substitutes=tuple(both),
        recusals=tuple(each for each in state.recusals if roles.get(each.person, MemberRole.CHAIR) not in LEADING),
    )


def _recused(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    fresh = Recusal(data.id("item", "i"), data.id("person", "u"), data.text("reason", limit=500), event.at)
    member = state.member(fresh.person)
    if state.item(fresh.item) is None or member is None or member.role in LEADING:
        raise BadField("member_recused", "is of no item, or of nobody who can leave one")
    if _recusal(state, fresh.item, fresh.person) is not None or len(state.recusals) >= MAX_RECUSALS:
        raise BadField("member_recused.person", "is recused already, or is one too many")
    return replace(state, recusals=(*state.recusals, fresh))


def _returned(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _recusal(state, data.id("item", "i"), data.id("person", "u"))
    data.text("reason", limit=500)
    if known is None:
        raise BadField("recusal_ended.person", "is not recused from it")
    return replace(state, recusals=tuple(each for each in state.recusals if each is not known))


def _recusal(state: MeetingState, item: str, person: str) -> Recusal | None:
    return next((each for each in state.recusals if (each.item, each.person) == (item, person)), None)


SUBSTITUTE_NAMED: Final = "substitute_named"
SUBSTITUTE_ENDED: Final = "substitute_ended"
MEMBER_RECUSED: Final = "member_recused"
RECUSAL_ENDED: Final = "recusal_ended"

#: Every kind of event about places.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    SUBSTITUTE_NAMED: _named,
    SUBSTITUTE_ENDED: _ended,
    MEMBER_RECUSED: _recused,
    RECUSAL_ENDED: _returned,
}
