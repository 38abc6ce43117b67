"""Who attended, as the minutes say it: how many of those who count, who did not and why, who came late or left (BB3).

Rules: pure. Of a place with a substitute who has the vote the substitute counts, as for the quorum (W87). The quorum is
that of the opening: by the roll as it is now, so that a correction of the roll corrects it, too; whoever is written
down after it as present, and not as late, was there. A word that is said after the close is about the whole meeting,
and the moment it was said at is none of the meeting: "present" then means from the opening to the end, "late" that they
were not there at the opening.

Usage: ``attendance_of(state, events, attended(events)).came``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.minutes.people import Person
from wire.attended import Attended, Spans
from wire.events import Event
from wire.fold import fold
from wire.places import places
from wire.roll import NEVER_THERE
from wire.state import MeetingState, MemberRole, Presence
from wire.tally import meets, needed

#: How they came is not among them.
_GOING: Final = frozenset({Presence.LEFT, Presence.RETURNED})
_INVITED: Final = frozenset({MemberRole.GUEST, MemberRole.PRESENTER})


@dataclass(frozen=True, slots=True)
class Word:
    """A line of the roll. ``corrects``: it was said after the close; ``at`` None: at what time is not known then."""

    at: dt.datetime | None
    presence: Presence
    reason: str
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """Who counts and did not come. ``presence`` None: the roll says nothing about them."""

    who: Person
    presence: Presence | None
    reason: str


@dataclass(frozen=True, slots=True)
class Came:
    """Who came late: when (None: it was written after the close), and why."""

    who: Person
    at: dt.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """Who left before the end, when they came back (None: not), and why."""

    who: Person
    at: dt.datetime
    back_at: dt.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A substitute."""

    who: Person
    member: Person
    may_vote: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Quorum:
    """At the opening. ``need`` None: no rule; ``met``: whether they were enough."""

    present: int
    entitled: int
    need: int | None
    met: bool


@dataclass(frozen=True, slots=True)
class Attendance:
    """``came`` of ``entitled`` attended at all; ``quorum`` None: never opened. ``there``: all who came, in any role."""

    came: int
    entitled: int
    quorum: Quorum | None
    absent: tuple[Absent, ...]
    late: tuple[Came, ...]
    left: tuple[Left, ...]
    substitutes: tuple[Standing, ...]
    guests: tuple[Person, ...]
    there: frozenset[str] = frozenset()


def attendance_of(state: MeetingState, events: Sequence[Event], found: Attended) -> Attendance:
    """From the whole log."""
    said = words_of(events)
    counted = [place.voter for place in places(state)]
    came = {member.person for member in state.members if was_there(said.get(member.person, ()), member.person, found)}
    there = [member for member in state.members if member.person in came]
    return Attendance(
        came=sum(1 for member in counted if member.person in came),
        entitled=len(counted),
        quorum=_at_opening(events, said, found),
        absent=tuple(
            _absent(Person.of(member), said.get(member.person, ())) for member in counted if member.person not in came
        ),
        late=tuple(
            Came(Person.of(member), word.at, word.reason)
            for member in there
            for word in what_counts(said.get(member.person, ()))
            if word.presence is Presence.LATE
        ),
        left=tuple(left for member in there for left in _left(Person.of(member), said.get(member.person, ()))),
        substitutes=tuple(
            Standing(person_of(state, each.person), person_of(state, each.member), each.may_vote, each.reason)
            for each in state.substitutes
        ),
        guests=tuple(Person.of(member) for member in there if member.role in _INVITED),
        there=frozenset(came),
    )


def person_of(state: MeetingState, person: str) -> Person:
    """A member; who is none any more is named by nobody."""
    member = state.member(person)
    return Person(person, "…", "", "") if member is None else Person.of(member)


def words_of(events: Iterable[Event]) -> dict[str, tuple[Word, ...]]:
    """Every word of the roll, by person."""
    found: dict[str, tuple[Word, ...]] = {}
    over = False
    for event in events:
        over = over or event.kind == "meeting_closed"
        if event.kind == "attendance_recorded":
            data = event.data
            at = None if over else event.at
            word = Word(at, Presence(data["presence"]), data.get("reason") or "", corrects=over)
            found[data["person"]] = (*found.get(data["person"], ()), word)
    return found


def what_counts(words: Sequence[Word]) -> Sequence[Word]:
    """A word that they are absent or excused takes back what was said before it.

    So does "present" after the close; "late" then takes back how they came, and not when they left.
    """
    kept: list[Word] = []
    for word in words:
        if word.presence in NEVER_THERE:
            kept = []
        elif not word.corrects:
            kept.append(word)
        elif word.presence is Presence.LATE:
            told = next((each.at for each in kept if each.presence is Presence.LATE), None)
            kept = [replace(word, at=told), *(each for each in kept if each.presence in _GOING)]
        elif word.presence is Presence.PRESENT:
            kept = [word]
    return kept


def was_there(words: Sequence[Word], person: str, found: Attended) -> bool:
    """At any time: by the roll, or by a seat where the roll says nothing else."""
    # The spans have taken back what was before a word that they are absent (W88).
    return any(word.presence.is_there for word in what_counts(words)) or bool(found.of_person(person))


def _absent(who: Person, words: Sequence[Word]) -> Absent:
    last = words[-1] if words else None
    return Absent(who, None if last is None else last.presence, "" if last is None else last.reason)


def _left(who: Person, words: Sequence[Word]) -> Iterable[Left]:
    away: Left | None = None
    for word in what_counts(words):
        if word.presence is Presence.LEFT and word.at is not None:
            away = away or Left(who, word.at, None, word.reason)
        elif away is not None and word.presence.is_there:
            yield replace(away, back_at=word.at)
            away = None
    if away is not None:
        yield away


def _at_opening(events: Sequence[Event], said: Mapping[str, Sequence[Word]], found: Attended) -> Quorum | None:
    opened = next((at for at, event in enumerate(events) if event.kind == "meeting_opened"), None)
    if opened is None:
        return None
    moment, then = events[opened].at, fold(events[: opened + 1])
    counted = [place.voter.person for place in places(then)]
    present = sum(1 for person in counted if _was_there_at(moment, said.get(person, ()), found.of_person(person)))
    rule = then.roll_rules.quorum
    if rule is None:
        return Quorum(present, len(counted), None, met=False)
    return Quorum(present, len(counted), needed(len(counted), rule), met=meets(present, len(counted), rule))


def _was_there_at(opening: dt.datetime, words: Sequence[Word], spans: Spans) -> bool:
    counting = what_counts(words)
    if counting and (counting[0].at is None or counting[0].at > opening):
        # Who is written down after the opening, and not as late, was there: a roll takes its time.
        first = counting[0].presence
        if first is Presence.PRESENT or counting[0].corrects:
            return first is Presence.PRESENT
    return any(start <= opening < end for start, end in spans)
