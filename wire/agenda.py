"""The agenda as a tree: reading order and numbers (M4).

Rules W45: an item names its parent or none; every parent is in the same agenda; no item stands
twice; no circles; at most :data:`MAX_DEPTH` levels and :data:`MAX_ITEMS` items. The order kept is
the reading order: an item, its children in the order given, then the next item.

Usage::

    items = in_reading_order(items)
    numbers(items)[item]    # "2.1"
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wire.errors import BadAgenda
from wire.state import Item

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
