"""Who is next, and who has spoken how much (S2, S3, S5).

Rules W95: points of order come first, then answers, then questions, then speeches, each in a rank of its own; within a
rank as the house has chosen. Points of order are always heard as they came. Totals and budgets count speeches and
questions of the rules' span; what is paused or goes on counts with the stretches that have ended.

Usage::

    queue = ranked(state.speaking, "i-…")
    found = totals(state.speaking, "i-…").of(person)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wire.speaking import COUNTED, Order, Span, Speaking, Speech, SpeechKind, SpeechState

RANKS: Final = (SpeechKind.ORDER, SpeechKind.ANSWER, SpeechKind.QUESTION, SpeechKind.SPEECH)


@dataclass(frozen=True, slots=True)
class Sum:
    """Turns begun, and what they took."""

    turns: int = 0
    ms: int = 0

    def plus(self, speech: Speech) -> Sum:
        """With one more turn."""
        return Sum(self.turns + 1, self.ms + speech.spent_ms)


@dataclass(frozen=True, slots=True)
class Totals:
    """By person and by unit; who has not spoken stands in neither."""

    people: dict[str, Sum]
    groups: dict[str, Sum]

    def of(self, person: str) -> Sum:
        """The person's."""
        return self.people.get(person, Sum())

    def of_group(self, unit: str) -> Sum:
        """The unit's."""
        return self.groups.get(unit, Sum())


def totals(speaking: Speaking, item: str | None) -> Totals:
    """Over the rules' span: the whole meeting, or ``item`` (None: no item, so nothing)."""
    people: dict[str, Sum] = {}
    groups: dict[str, Sum] = {}
    for each in speaking.speeches:
        if each.started_at is None or each.kind not in COUNTED:
            continue
        if speaking.rules.span is Span.ITEM and each.item != item:
            continue
        people[each.person] = people.get(each.person, Sum()).plus(each)
        if each.unit:
            groups[each.unit] = groups.get(each.unit, Sum()).plus(each)
    return Totals(people, groups)


def ranked(speaking: Speaking, item: str) -> tuple[Speech, ...]:
    """Who waits on ``item``, the next one first."""
    waiting = [each for each in speaking.speeches if each.item == item and each.state is SpeechState.WAITING]
    key = _key(speaking, item)
    # Sorting keeps what is equal in its order, which is that of asking.
    return tuple(sorted(waiting, key=lambda each: (RANKS.index(each.kind), key(each))))


def allowed_ms(speaking: Speaking, speech: Speech) -> int | None:
    """What a turn that begins now may take: its kind's time, or what is left of a budget; None without any limit."""
    rules, limits = speaking.rules, list[int]()
    if rules.seconds.of(speech.kind):
        limits.append(1000 * rules.seconds.of(speech.kind))
    if speech.kind in COUNTED:
        found = totals(speaking, speech.item)
        if rules.person_s:
            limits.append(max(0, 1000 * rules.person_s - found.of(speech.person).ms))
        if rules.group_s and speech.unit:
            limits.append(max(0, 1000 * rules.group_s - found.of_group(speech.unit).ms))
    return min(limits) if limits else None


def _key(speaking: Speaking, item: str) -> Callable[[Speech], int]:
    if speaking.rules.order is Order.FEWEST:
        found = totals(speaking, item)
        return lambda each: 0 if each.kind is SpeechKind.ORDER else found.of(each.person).turns
    if speaking.rules.order is Order.CHAIR:
        last = len(speaking.speeches)
        return lambda each: last if each.place is None or each.kind is SpeechKind.ORDER else each.place
    return lambda _: 0
