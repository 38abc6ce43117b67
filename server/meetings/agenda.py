"""The agenda as a tree in reading order (M4).

Rules: the items form a tree (``wire/agenda.py``); what was begun, and what has papers, stays in the agenda.

Usage: ``items = ordered(items)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.meetings.errors import AgendaBroken, ItemHasPapers, ItemHasVotes, ItemInProgress, ItemTwice
from wire.agenda import in_reading_order
from wire.errors import BadAgenda
from wire.state import Item, ItemState, MeetingState


def ordered(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items in reading order; raises ItemTwice or AgendaBroken unless they are a tree (W45)."""
    seen: set[str] = set()
    for item in items:
        if item.item in seen:
            raise ItemTwice(item=item.title)
        seen.add(item.item)
    try:
        return in_reading_order(items)
    except BadAgenda:
        raise AgendaBroken from None


def check_kept(state: MeetingState, items: Sequence[Item]) -> None:
    """Raise ItemInProgress, ItemHasPapers or ItemHasVotes when an item that has to stay is missing."""
    kept = {item.item for item in items}
    with_papers = {paper.item for paper in state.papers}
    with_votes = {vote.item for vote in state.votes}
    for item in state.agenda:
        if item.item in kept:
            continue
        if item.state is not ItemState.WAITING:
            raise ItemInProgress(item=item.title)
        if item.item in with_papers:
            raise ItemHasPapers(item=item.title)
        if item.item in with_votes:
            raise ItemHasVotes(item=item.title)


def is_same(before: Sequence[Item], after: Sequence[Item]) -> bool:
    """Whether nothing was changed that the secretary writes."""
    return [to_value(item) for item in before] == [to_value(item) for item in after]


def same_sight(before: Sequence[Item], after: Sequence[Item]) -> bool:
    """Whether every item of ``before`` is still there and seen by the same people; more items may be."""
    seen_by = {item.item: (item.visibility, item.parent, item.presenter) for item in after}
    return all(seen_by.get(item.item) == (item.visibility, item.parent, item.presenter) for item in before)


def to_value(item: Item) -> dict[str, Any]:
    """As the event ``agenda_set`` holds it: what was planned, not what has happened."""
    value: dict[str, Any] = {
        "item": item.item,
        "title": item.title,
        "minutes": item.minutes,
        "visibility": item.visibility.value,
    }
    if item.parent is not None:
        value["parent"] = item.parent
    if item.presenter is not None:
        value["presenter"] = item.presenter
    return value
