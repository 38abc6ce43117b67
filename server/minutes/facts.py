"""What the record says of a meeting, as the minutes need it: figures and names, no words (BB1).

Rules: pure; derived from the log and nothing else, anew each time. Whoever the roll's newest word calls absent or
excused was never there, whatever was said before (W88). Of a vote that is not announced there is no figure (V5), of a
secret one there are totals only (V8).

Usage::

    facts = facts_of(state, events)
    facts.attendance.came, facts.items[0].votes[0].verdict
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from server.minutes.attendance import Attendance, attendance_of, person_of
from server.minutes.people import Person
from server.minutes.sources import Sources
from wire.agenda import numbers
from wire.attended import Attended, Span, attended, length
from wire.conclusions import Conclusion, conclusion_of
from wire.events import Event
from wire.phases import LIVE
from wire.speaking import Speech, SpeechKind, spent_ms
from wire.state import Item, MeetingState, MemberRole
from wire.tally import Verdict, verdict
from wire.votes import RUNNING, Vote, VoteState

_INSTANT: Final = dt.timedelta(milliseconds=1)
#: What was asked and never put to anybody is nobody's business in the minutes.
_UNPUT: Final = frozenset({VoteState.CREATED})


@dataclass(frozen=True, slots=True)
class Recess:
    """``until``: when it went on; None where the meeting ended in it, or is in it."""

    since: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Speaker:
    """All turns of one kind that a person had at one item; pauses are not counted."""

    kind: SpeechKind
    who: Person
    turns: int
    spent_ms: int
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """A speech that was handed in in writing (S4)."""

    who: Person
    characters: int
    sha256: str
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VoteFact:
    """A vote that was put; ``verdict`` None: its result is not announced, or it was called off."""

    vote: Vote
    verdict: Verdict | None
    seqs: tuple[int, ...]

    @property
    def is_running(self) -> bool:
        """Ballots are still asked for."""
        return self.vote.state in RUNNING


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What happened at an item. ``spans``: when it was dealt with, recesses not counted; empty: never."""

    item: Item
    number: str
    presenter: Person | None
    spans: tuple[Span, ...]
    speakers: tuple[Speaker, ...]
    handed: tuple[Handed, ...]
    votes: tuple[VoteFact, ...]
    recused: tuple[tuple[Person, str], ...]
    conclusion: Conclusion | None
    seqs: tuple[int, ...]
    away: tuple[int, ...] = ()

    @property
    def seconds(self) -> int:
        """For how long it was dealt with."""
        return length(self.spans)


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it, up to the event ``seq``."""

    state: MeetingState
    seq: int
    chair: Person | None
    secretaries: tuple[Person, ...]
    recesses: tuple[Recess, ...]
    attendance: Attendance
    items: tuple[ItemFacts, ...]
    sources: Sources


def facts_of(state: MeetingState, events: Sequence[Event]) -> Facts:
    """What the log says; ``events``: all of it."""
    # Whoever is there at the newest event is there: a span that ends with it would have no length.
    until = events[-1].at + _INSTANT if events and state.phase in LIVE else None
    found, sources = attended(events, until=until), Sources(events)
    numbered = numbers(state.agenda)
    return Facts(
        state=state,
        seq=state.seq,
        chair=next(_in_role(state, MemberRole.CHAIR), None),
        secretaries=tuple(_in_role(state, MemberRole.SECRETARY)),
        recesses=tuple(_recesses(events)),
        attendance=attendance_of(state, events, found),
        items=tuple(_item(state, item, numbered[item.item], found=found, sources=sources) for item in state.agenda),
        sources=sources,
    )


def _in_role(state: MeetingState, role: MemberRole) -> Iterator[Person]:
    return (Person.of(member) for member in state.members if member.role is role)


def _recesses(events: Sequence[Event]) -> Iterator[Recess]:
    since: dt.datetime | None = None
    for event in events:
        if event.kind == "meeting_recessed":
            since = event.at
        elif event.kind in {"meeting_resumed", "meeting_closed"} and since is not None:
            yield Recess(since, event.at if event.kind == "meeting_resumed" else None)
            since = None
    if since is not None:
        yield Recess(since, None)


def _item(state: MeetingState, item: Item, number: str, *, found: Attended, sources: Sources) -> ItemFacts:
    speeches = [each for each in state.speaking.speeches if each.item == item.item]
    return ItemFacts(
        item=item,
        number=number,
        presenter=None if item.presenter is None else person_of(state, item.presenter),
        spans=found.of_item(item.item),
        speakers=_speakers(speeches, state, sources),
        handed=tuple(
            Handed(
                _of_speech(each),
                each.written.characters,
                each.written.sha256,
                sources.where("speech", each.speech, kinds=("speech_written",)),
            )
            for each in speeches
            if each.written is not None
        ),
        votes=tuple(
            VoteFact(
                vote, verdict(vote) if vote.state is VoteState.ANNOUNCED else None, sources.where("vote", vote.vote)
            )
            for vote in state.votes
            if vote.item == item.item and vote.state not in _UNPUT and vote.opened_at is not None
        ),
        recused=tuple(
            (person_of(state, each.person), each.reason) for each in state.recusals if each.item == item.item
        ),
        conclusion=conclusion_of(state, item.item),
        # Of what nobody came to, where it was put on the agenda.
        seqs=sources.where("item", item.item, kinds=("item_started",)) or sources.of_kinds("agenda_set"),
        away=sources.where("item", item.item, kinds=("member_recused",)),
    )


def _speakers(speeches: Iterable[Speech], state: MeetingState, sources: Sources) -> tuple[Speaker, ...]:
    """By kind and person, in the order of their first turn."""
    now = state.last.at if state.last is not None else None
    begun = sorted(
        ((each.started_at, each) for each in speeches if each.started_at is not None), key=lambda pair: pair[0]
    )
    sums: dict[tuple[SpeechKind, str], Speaker] = {}
    for _, speech in begun:
        key = (speech.kind, speech.person)
        known = sums.get(key) or Speaker(speech.kind, _of_speech(speech), 0, 0)
        took = speech.spent_ms if now is None else spent_ms(speech, now)
        seqs = known.seqs + sources.where("speech", speech.speech, kinds=("speech_started",))
        sums[key] = Speaker(speech.kind, known.who, known.turns + 1, known.spent_ms + took, seqs)
    return tuple(sums.values())


def _of_speech(speech: Speech) -> Person:
    """As they were when they asked: who is no member any more has spoken all the same."""
    return Person(speech.person, speech.name, speech.position, speech.unit)
