"""Private marks in memory: the store's twin, the service on it, and contents to make marks of.

Rules: ``MemoryMarkStore`` keeps what ``SqlMarkStore`` keeps (both pass ``tests/contract/test_mark_store.py``).

Usage::

    service = service_on(MemoryMarkStore(), states)
    note("p-…", text="chỉ mình tôi đọc")
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sealing import keywrap
from server.marks.model import Amount
from server.marks.ports import Kept, Place, States
from server.marks.service import MarksService
from tests.support.meeting_log import named
from wire.ids import MeetingId
from wire.marks import Sealed
from wire.secret import Secret

PAPER = named("p", "report")


def note(text: str = "ghi chú", *, paper: str = PAPER, **more: Any) -> dict[str, Any]:
    """A note's content."""
    base = {"kind": "note", "paper": paper, "version": 1, "page": 2, "color": "amber", "at": [100, 200]}
    return base | {"text": text} | more


def highlight(*rects: list[int], paper: str = PAPER, **more: Any) -> dict[str, Any]:
    """A highlight's content."""
    base = {"kind": "highlight", "paper": paper, "version": 1, "page": 1, "color": "red"}
    return base | {"rects": list(rects) or [[0, 0, 10, 10]]} | more


def ink(*xy: int, paper: str = PAPER, **more: Any) -> dict[str, Any]:
    """One stroke."""
    base = {"kind": "ink", "paper": paper, "version": 1, "page": 1, "color": "blue", "width": 30}
    return base | {"strokes": [{"xy": list(xy) or [1, 2, 3, 4]}]} | more


class Master:
    """A master key of its own."""

    def __init__(self) -> None:
        self._key = Secret(os.urandom(32))

    def wrap(self, key: Secret) -> bytes:
        return keywrap.wrap(self._key, key)

    def unwrap(self, wrapped: bytes) -> Secret:
        return keywrap.unwrap(self._key, wrapped)


class NoUnit:
    """Transactions of a store in memory."""

    @contextlib.contextmanager
    def begin(self) -> Iterator[None]:
        yield

    read = begin


class MemoryMarkStore:
    """The port in memory."""

    def __init__(self) -> None:
        self.keys: dict[Place, bytes] = {}
        self.devices: set[tuple[Place, str]] = set()
        self.rows: dict[Place, dict[str, Kept]] = {}

    def add_key(self, tx: object, place: Place, wrapped: bytes, *, at: dt.datetime) -> None:
        self.keys.setdefault(place, wrapped)

    def key(self, tx: object, place: Place) -> bytes | None:
        return self.keys.get(place)

    def note_device(self, tx: object, place: Place, device: str, *, at: dt.datetime) -> None:
        self.devices.add((place, device))

    def knows_device(self, tx: object, place: Place, device: str) -> bool:
        return (place, device) in self.devices

    def hold(self, tx: object, place: Place) -> int | None:
        return self.newest(tx, place) if place in self.keys else None

    def newest(self, tx: object, place: Place) -> int:
        return max((row.number for row in self.rows.get(place, {}).values()), default=0)

    def find(self, tx: object, place: Place, marks: Collection[str]) -> list[Sealed]:
        return [row.mark for mark, row in self.rows.get(place, {}).items() if mark in marks]

    def amount(self, tx: object, place: Place) -> Amount:
        kept = [row.mark for row in self.rows.get(place, {}).values()]
        return Amount(sum(not each.gone for each in kept), len(kept), sum(len(each.box) for each in kept))

    def keep(self, tx: object, place: Place, marks: Iterable[Kept]) -> None:
        self.rows.setdefault(place, {}).update({row.mark.mark: row for row in marks})

    def since(self, tx: object, place: Place, *, after: int, limit: int) -> list[Kept]:
        rows = sorted(self.rows.get(place, {}).values())
        return [row for row in rows if row.number > after][:limit]

    def meetings(self, tx: object) -> list[MeetingId]:
        return sorted({place.meeting for place in self.keys})

    def drop(self, tx: object, meeting: MeetingId) -> int:
        gone = [place for place in self.keys if place.meeting == meeting]
        for place in gone:
            self.rows.pop(place, None)
            del self.keys[place]
        self.devices = {(place, device) for place, device in self.devices if place.meeting != meeting}
        return len(gone)


def service_on(store: Any, states: States, *, unit: Any = None, kept_days: int = 30) -> MarksService:
    """The service on a store, with a master key of its own."""
    return MarksService(unit or NoUnit(), store, states, master=Master(), random=os.urandom, kept_days=kept_days)
