"""Who was there when, and during which item: derived from the events and nothing else (A1, W88).

Rules: pure. A person is there as ``wire/quorum.py: here`` says after each event; a word that they are absent or excused
takes back whatever was counted before it. An item is dealt with while it is in progress and the meeting is open: a
recess is nobody's presence. Spans are half open, in order, and never touch each other.

Usage::

    found = attended(events)
    found.seconds("u-…", "i-…"), found.of_item("i-…")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from wire import fold
from wire.events import Event
from wire.phases import Phase
from wire.quorum import here
from wire.roll import NEVER_THERE
from wire.state import ItemState, MeetingState

Span: TypeAlias = tuple[dt.datetime, dt.datetime]
Spans: TypeAlias = tuple[Span, ...]
_NEVER: Final = frozenset(word.value for word in NEVER_THERE)


@dataclass(frozen=True, slots=True)
class Attended:
    """Spans of people and of items, up to ``until``; what still goes on ends there."""

    people: dict[str, Spans] = field(default_factory=dict)
    items: dict[str, Spans] = field(default_factory=dict)

    def of_person(self, person: str) -> Spans:
        """When they were there."""
        return self.people.get(person, ())

    def of_item(self, item: str) -> Spans:
        """When it was dealt with."""
        return self.items.get(item, ())

    def seconds(self, person: str, item: str) -> int:
        """Whole seconds of the item during which they were there."""
        return length(common(self.of_person(person), self.of_item(item)))


def attended(events: Iterable[Event], *, until: dt.datetime | None = None) -> Attended:
    """The spans of a whole log; ``until``: now, for a meeting that goes on (None: its newest event)."""
    people, items = _Recorder(_people), _Recorder(_items)
    state, at = MeetingState(), None
    for event in events:
        state, at = fold.apply(state, event), event.at
        if event.kind == "attendance_recorded" and event.data["presence"] in _NEVER:
            people.take_back(event.data["person"])
        people.look(state, at)
        items.look(state, at)
    if at is None:
        return Attended()
    end = at if until is None else max(at, until)
    return Attended(people.ended(end), items.ended(end))


def common(one: Sequence[Span], other: Sequence[Span]) -> Spans:
    """What two lists of spans have in common."""
    parts = [(max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other]
    return tuple(part for part in parts if part[0] < part[1])


def length(spans: Iterable[Span]) -> int:
    """Whole seconds."""
    return int(sum((end - start).total_seconds() for start, end in spans))


def _people(state: MeetingState) -> frozenset[str]:
    # Whoever stayed to the end was there until the close, and not after it.
    return here(replace(state, stayed=()) if state.stayed else state)


def _items(state: MeetingState) -> frozenset[str]:
    if state.phase is not Phase.OPEN:
        return frozenset()
    return frozenset(item.item for item in state.agenda if item.state is ItemState.ACTIVE)


class _Recorder:
    """Keeps since when each name is in what ``ask`` gives, and the spans that are over."""

    def __init__(self, ask: Callable[[MeetingState], frozenset[str]]) -> None:
        self._ask: Final = ask
        self._since: Final[dict[str, dt.datetime]] = {}
        self._over: Final[dict[str, list[Span]]] = {}

    def look(self, state: MeetingState, at: dt.datetime) -> None:
        now = self._ask(state)
        for name in [each for each in self._since if each not in now]:
            self._end(name, at)
        for name in now - self._since.keys():
            self._since[name] = at

    def take_back(self, name: str) -> None:
        self._since.pop(name, None)
        self._over.pop(name, None)

    def ended(self, at: dt.datetime) -> dict[str, Spans]:
        for name in list(self._since):
            self._end(name, at)
        return {name: tuple(spans) for name, spans in self._over.items() if spans}

    def _end(self, name: str, at: dt.datetime) -> None:
        since = self._since.pop(name)
        spans = self._over.setdefault(name, [])
        if spans and spans[-1][1] == since:
            since = spans.pop()[0]
        if since < at:
            spans.append((since, at))
