"""The attendance sheet: every word on the roll with its time, and how long everybody was there for each item (A1, W88).

Rules: pure; derived from the log. A meeting that goes on is read up to now, one that has ended up to its end.

Usage: ``sheet.of(state, events, now=now).to_value()``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wire.agenda import numbers
from wire.attended import Attended, Spans, attended, length
from wire.events import Event
from wire.fields import print_instant
from wire.phases import LIVE
from wire.places import is_recused, places
from wire.state import Item, MeetingState, Member, Presence


@dataclass(frozen=True, slots=True)
class Word:
    """A line that was written on the roll."""

    at: dt.datetime
    presence: str
    method: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Row:
    """A member with every word about them, and the seconds of each item, in the order of the items."""

    member: Member
    words: tuple[Word, ...]
    spans: Spans
    seconds: tuple[int, ...]
    arrived_at: dt.datetime | None

    def since(self, word: Word) -> dt.datetime:
        """The moment that a word is about: who was present at their seat before it was written was there since then."""
        confirms = word is self.words[0] and word.presence == Presence.PRESENT
        return min(self.arrived_at or word.at, word.at) if confirms else word.at


@dataclass(frozen=True, slots=True)
class Column:
    """An item that was begun. ``seconds``: for how long it was dealt with."""

    item: Item
    number: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are members, columns are items."""

    state: MeetingState
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "items": [
                {"item": each.item.item, "number": each.number, "title": each.item.title, "seconds": each.seconds}
                for each in self.columns
            ],
            "people": [_row(self.state, each) for each in self.rows],
        }


def of(state: MeetingState, events: Sequence[Event], *, now: dt.datetime) -> Sheet:
    """The sheet of a meeting."""
    found = attended(events, until=now if state.phase in LIVE else None)
    numbered = numbers(state.agenda)
    columns = tuple(
        Column(item, numbered[item.item], length(found.of_item(item.item)))
        for item in state.agenda
        if found.of_item(item.item)
    )
    words = _words(events)
    rows = tuple(_of_member(state, member, words, found=found, columns=columns) for member in state.members)
    return Sheet(state, columns, rows)


def _of_member(
    state: MeetingState, member: Member, words: dict[str, list[Word]], *, found: Attended, columns: Sequence[Column]
) -> Row:
    # Whoever had to leave an item was not there for it (W90).
    seconds = tuple(
        0 if is_recused(state, member.person, each.item.item) else found.seconds(member.person, each.item.item)
        for each in columns
    )
    entry = state.presence_of(member.person)
    arrived = dict(state.arrivals).get(member.person) if entry is None else entry.arrived_at
    return Row(member, tuple(words.get(member.person, ())), found.of_person(member.person), seconds, arrived)


def _words(events: Sequence[Event]) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = {}
    for event in events:
        if event.kind == "attendance_recorded":
            data = event.data
            word = Word(event.at, data["presence"], data["method"], data.get("reason") or "", event.actor)
            found.setdefault(data["person"], []).append(word)
    return found


def _row(state: MeetingState, row: Row) -> dict[str, Any]:
    member = row.member
    return {
        "person": member.person,
        "name": member.name,
        "counts": any(place.voter.person == member.person for place in places(state)),
        "words": [
            {
                "at": print_instant(word.at),
                "presence": word.presence,
                "method": word.method,
                "reason": word.reason,
                "by": word.by,
            }
            for word in row.words
        ],
        "spans": [[print_instant(start), print_instant(end)] for start, end in row.spans],
        "seconds": list(row.seconds),
    }
