"""The figures of a meeting from its log (RP1).

Rules: pure; what the minutes say of a meeting is what the reports say of it – attendance, turns, votes and their
results come from ``server/minutes/facts.py``, visibility from ``wire/visibility.py`` –, so nothing is counted twice by
two rules. A place with a substitute who has the vote counts by the substitute (W87). Of a vote that was not announced
no result is kept (V5).

Usage: ``figures_of(state, events)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from server.minutes.facts import Facts, VoteFact, facts_of
from server.reports.model import (
    UNANNOUNCED,
    WITHDRAWN,
    WRITTEN,
    Figures,
    Item,
    Paper,
    Person,
    Standing,
    Turns,
    Vote,
)
from wire.events import Event
from wire.phases import Phase
from wire.places import places
from wire.state import Item as AgendaItem
from wire.state import MeetingState, Presence
from wire.visibility import is_common, sees
from wire.votes import VoteState

#: Phases of meetings that are over: what is counted of them changes only by a correction.
OVER: Final = frozenset({Phase.CLOSED, Phase.LOCKED, Phase.CANCELLED})
_AWAY: Final = {Presence.EXCUSED: Standing.EXCUSED, Presence.ABSENT: Standing.ABSENT}


def figures_of(state: MeetingState, events: Sequence[Event]) -> Figures:
    """Of a whole log; of a meeting that was called off whom it had asked, and nothing else."""
    called = any(event.kind == "meeting_approved" for event in events)
    if state.phase not in {Phase.CLOSED, Phase.LOCKED} or state.opened_at is None or state.closed_at is None:
        people = (Person(each.person, each.name, each.unit, Standing.NONE.value, came=False) for each in state.members)
        return Figures(held=False, called=called, people=tuple(people))
    facts = facts_of(state, events)
    return Figures(
        held=True,
        called=called,
        late_s=0 if state.starts_at is None else _seconds(state.opened_at - state.starts_at),
        seconds=_open_s(facts, state.opened_at, state.closed_at),
        people=_people(facts),
        items=tuple(_item(state, item) for item in state.agenda),
        turns=tuple(_turns(facts)),
        votes=tuple(
            Vote(at, fact.vote.kind.value, _result(fact)) for at, item in enumerate(facts.items) for fact in item.votes
        ),
        papers=tuple(_papers(state)),
        grace_s=_seconds(state.roll_rules.grace),
    )


def _seconds(span: dt.timedelta) -> int:
    return span // dt.timedelta(seconds=1)


def _open_s(facts: Facts, opened: dt.datetime, closed: dt.datetime) -> int:
    rested = sum(((each.until or closed) - each.since for each in facts.recesses), dt.timedelta())
    return max(0, _seconds(closed - opened - rested))


def _people(facts: Facts) -> tuple[Person, ...]:
    state, found = facts.state, facts.attendance
    counted = {place.voter.person for place in places(state)}
    late = {each.who.person for each in found.late}
    away = {each.who.person: each.presence for each in found.absent}

    def standing(person: str) -> Standing:
        if person not in counted:
            return Standing.NONE
        if person in away:
            presence = away[person]
            return Standing.UNSAID if presence is None else _AWAY.get(presence, Standing.UNSAID)
        return Standing.LATE if person in late else Standing.PRESENT

    return tuple(
        Person(each.person, each.name, each.unit, standing(each.person).value, each.person in found.there)
        for each in state.members
    )


def _item(state: MeetingState, item: AgendaItem) -> Item:
    closed = (at for at, member in enumerate(state.members) if not sees(state, member.person, item.item))
    return Item(is_common(state, item), tuple(closed))


def _turns(facts: Facts) -> list[Turns]:
    found = []
    for at, item in enumerate(facts.items):
        for each in item.speakers:
            who = each.who
            found.append(Turns(at, who.person, who.name, who.unit, each.kind.value, each.turns, each.spent_ms))
        for handed in item.handed:
            who = handed.who
            found.append(Turns(at, who.person, who.name, who.unit, WRITTEN, 1, 0))
    return found


def _result(fact: VoteFact) -> str:
    if fact.verdict is not None:
        return fact.verdict.outcome.value
    return WITHDRAWN if fact.vote.state is VoteState.WITHDRAWN else UNANNOUNCED


def _papers(state: MeetingState) -> list[Paper]:
    places_of = {item.item: at for at, item in enumerate(state.agenda)}
    return [
        Paper(places_of[each.item], each.published_pages)
        for each in state.papers
        if each.published_version and each.item in places_of
    ]
