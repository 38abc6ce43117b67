"""The agenda as a tree: reading order and numbers (M4).

Rules W45: an item names its parent or none; every parent is in the same agenda; no item stands
twice; no circles; at most :data:`MAX_DEPTH` levels and :data:`MAX_ITEMS` items. The order kept is
the reading order: an item, its children in the order given, then the next item.

Rule W47: the item that was started last and every item above it are in progress; whatever else was
is done.

Usage::

    items = in_reading_order(items)
    items = dealt_with(items, item, at)
    numbers(items)[item]    # "2.1"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from wire.errors import BadAgenda
from wire.state import Item, ItemState

MAX_DEPTH: Final = 6
MAX_ITEMS: Final = 500


def in_reading_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """The same items, each parent before its children; raises :class:`BadAgenda`."""
    children: dict[str | None, list[Item]] = {}
    known: set[str] = set()
    for item in items:
        if item.item in known:
            raise BadAgenda(f"{item.item} stands twice")
        known.add(item.item)
        children.setdefault(item.parent, []).append(item)
    ordered: list[Item] = []
    waiting = [(item, 1) for item in reversed(children.get(None, []))]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise BadAgenda(f"{item.item} is deeper than {MAX_DEPTH} levels")
        ordered.append(item)
        waiting += [(child, depth + 1) for child in reversed(children.get(item.item, []))]
    lost = known.difference(item.item for item in ordered)
    if lost:
        raise BadAgenda(f"{min(lost)} has no parent here, or is its own")
    return tuple(ordered)


def numbers(items: Iterable[Item]) -> dict[str, str]:
    """``1``, ``1.2`` … for each item of a tree kept in reading order."""
    counters: dict[str | None, int] = {}
    found: dict[str, str] = {}
    for item in items:
        parent = item.parent if item.parent in found else None
        counters[parent] = counters.get(parent, 0) + 1
        prefix = "" if parent is None else found[parent] + "."
        found[item.item] = f"{prefix}{counters[parent]}"
    return found


def dealt_with(items: Sequence[Item], wanted: str, at: dt.datetime) -> tuple[Item, ...]:
    """``items`` of a tree from the moment ``at`` on, when the meeting deals with ``wanted`` (W47)."""
    parents = {item.item: item.parent for item in items}
    chain: set[str] = set()
    above: str | None = wanted
    while above is not None:
        chain.add(above)
        above = parents[above]
    return tuple(_begun(item, at) if item.item in chain else ended(item, at) for item in items)


def _begun(item: Item, at: dt.datetime) -> Item:
    """A parent that goes on with its next sub-item has been in progress all the while: it keeps its beginning."""
    if item.state is ItemState.ACTIVE:
        return item
    return replace(item, state=ItemState.ACTIVE, started_at=at, ended_at=None)


def ended(item: Item, at: dt.datetime) -> Item:
    """``item`` when it is no longer dealt with; one nobody has come to stays as it is."""
    if item.state is not ItemState.ACTIVE:
        return item
    return replace(item, state=ItemState.DONE, ended_at=at)
