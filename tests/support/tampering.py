"""All the ways to change a log of events, or a JSON value, by one thing.

Usage::

    for where, changed in each_change(event): ...       # one leaf of it is another one each time
    again(values)                                       # the same log, with every number and hash made anew
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from wire import canonical
from wire.events import Event
from wire.fields import parse_instant

Path = tuple[str | int, ...]


def each_change(value: Any, *, leaves_only: bool = False) -> Iterator[tuple[Path, Any]]:
    """``value`` once for each of its leaves with that leaf changed, for each of its objects with one entry less, and
    for each object and list with one more.
    """
    for path, old in list(_all(value)):
        if leaves_only and isinstance(old, dict | list) and old:
            continue
        for new in _others(old):
            changed = copy.deepcopy(value)
            yield path, _put(changed, path, new)


def _all(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _all(each, (*path, name))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _all(each, (*path, at))


def _others(old: Any) -> Iterator[Any]:
    match old:
        case bool():
            yield not old
        case int():
            yield old + 1
        case str():
            yield _other_text(old)
        case dict():
            yield {**old, "more": 1}
            for name in old:
                yield {each: value for each, value in old.items() if each != name}
        case list():
            yield [*old, *old[-1:]] if old else [1]
            if old:
                yield old[:-1]
        case _:
            yield "x"


def _other_text(old: str) -> str:
    """Another one of the same form, where there is one: a hash, a number, a word."""
    if not old:
        return "x"
    last = old[-2] if old.endswith("Z") and len(old) > 2 else old[-1]
    new = {"0": "1", "a": "b", "=": "x"}.get(last, "0" if last.isdigit() else "a")
    return f"{old[:-2]}{new}Z" if old.endswith("Z") and len(old) > 2 else f"{old[:-1]}{new}"


def _put(value: Any, path: Path, new: Any) -> Any:
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return value


def again(values: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events with these contents, numbered and chained from the first one on; raises what no event can hold."""
    events: list[Event] = []
    for value in values:
        events.append(
            Event.after(
                events[-1] if events else None,
                meeting=value["meeting"],
                at=parse_instant(value["at"]),
                actor=value["actor"],
                kind=value["kind"],
                data=value["data"],
            )
        )
    return [event.to_value() for event in events]


def log(values: Sequence[dict[str, Any]]) -> bytes:
    """``events.json`` of a dossier."""
    return canonical.encode({"events": list(values)})
