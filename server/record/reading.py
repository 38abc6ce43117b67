"""Reads the logs for the auditor: all events of meetings and of administrators, newest first (L3).

Rules: what is shown is in the order of the record and comes with its number there; a filter that finds little looks
through so many entries at a time and says where to go on. Whoever reads is in the log before anything is shown, for
every page: where to go on comes from the reader, who could begin anywhere.

Usage::

    page = reader.read(Filter(log="house"), before=None, by="person:u-…", now=now)
    page = reader.read(Filter(log="house"), before=page.next, by="person:u-…", now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from server.audit.service import AdminLog
from server.record.ports import RecordStore
from server.record.wording import Naming, in_all
from server.unit import Transaction
from wire.entries import HOUSE, Entry
from wire.fields import print_instant

READ: Final = "log_read"
#: Shown at once, and taken at once as a file.
PAGE: Final = 50
FILE: Final = 20_000
#: Looked through at most for one answer.
LOOKED_THROUGH: Final = 20_000
PORTION: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One event of any log as it lies in the tables; ``kind`` is empty for one that cannot be read."""

    at: dt.datetime | None
    actor: str
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted; empty means all. ``since`` and ``until`` are moments, ``until`` itself is not wanted."""

    log: str = ""
    actor: str = ""
    kind: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def takes(self, line: Line) -> bool:
        """Whether this line is wanted; one that cannot be read always is, unless people or kinds are asked for."""
        if self.actor and line.actor != f"person:{self.actor}":
            return False
        if self.kind and line.kind != self.kind:
            return False
        if line.at is None:
            return True
        return (self.since is None or line.at >= self.since) and (self.until is None or line.at < self.until)

    def told(self) -> dict[str, Any]:
        """For the log: what was asked for."""
        moments = {"since": self.since, "until": self.until}
        words = {"log": self.log, "actor": self.actor, "kind": self.kind}
        return {key: word for key, word in words.items() if word} | {
            key: print_instant(moment) for key, moment in moments.items() if moment is not None
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Entries with their numbers, newest first; ``next``: where to go on, None when nothing is left."""

    lines: Sequence[tuple[int, Entry, Line]]
    next: int | None


class Lines(Protocol):
    """The events themselves."""

    def of(self, tx: Transaction, entries: Sequence[Entry]) -> Mapping[tuple[str, int], Line]:
        """Those of these entries that are there, by log and number."""
        ...


@dataclass(frozen=True, slots=True)
class LogReader:
    """Reads for the auditor. ``name_of``: an actor; ``title_of``: a meeting; ``naming_of``: all ids of a log."""

    store: RecordStore
    audit: AdminLog
    lines: Lines
    name_of: Callable[[str], str]
    title_of: Callable[[str], str]
    naming_of: Callable[[str], Naming]

    def read(self, wanted: Filter, *, before: int | None, by: str, now: dt.datetime) -> dict[str, Any]:
        """``{entries: […], next}``; see :class:`Page`."""
        self._tell(wanted, by=by, now=now, **({} if before is None else {"before": before}))
        page = self._page(wanted, before=before, limit=PAGE)
        return {"entries": self._values(page.lines), "next": page.next}

    def take(self, wanted: Filter, *, by: str, now: dt.datetime) -> list[dict[str, Any]]:
        """At most :data:`FILE` entries, newest first, for a file."""
        self._tell(wanted, by=by, now=now, taken=True)
        found: list[tuple[int, Entry, Line]] = []
        before: int | None = None
        while len(found) < FILE:
            page = self._page(wanted, before=before, limit=FILE - len(found))
            found += page.lines
            before = page.next
            if before is None:
                break
        return self._values(found)

    def _tell(self, wanted: Filter, *, by: str, now: dt.datetime, **more: int | bool) -> None:
        told = {**wanted.told(), **more}
        with self.audit.unit.begin() as tx:
            self.audit.record(tx, READ, told, actor=by, now=now)

    def _page(self, wanted: Filter, *, before: int | None, limit: int) -> Page:
        found: list[tuple[int, Entry, Line]] = []
        last = before
        with self.audit.unit.read() as tx:
            numbered = self.store.newest(tx, before=before, log=wanted.log, limit=LOOKED_THROUGH)
            looked = 0
            for portion in _portions(numbered, PORTION):
                there = self.lines.of(tx, [entry for _, entry in portion])
                for number, entry in portion:
                    looked, last = looked + 1, number
                    line = there.get((entry.log, entry.seq), Line(None, "", "", {}))
                    if wanted.takes(line):
                        found.append((number, entry, line))
                        if len(found) == limit:
                            return Page(found, number or None)
        # Fewer than were asked for: there are no more.
        return Page(found, last if looked == LOOKED_THROUGH and last else None)

    def _values(self, found: Iterable[tuple[int, Entry, Line]]) -> list[dict[str, Any]]:
        names: dict[str, str] = {}
        titles: dict[str, str] = {HOUSE: ""}
        namings: dict[str, Naming] = {}

        def name(actor: str) -> str:
            if actor not in names:
                names[actor] = self.name_of(actor)
            return names[actor]

        def title(log: str) -> str:
            if log not in titles:
                titles[log] = self.title_of(log)
            return titles[log]

        def naming(log: str) -> Naming:
            if log not in namings:
                namings[log] = self.naming_of(log)
            return namings[log]

        return [
            {
                "number": number,
                "log": entry.log,
                "title": title(entry.log),
                "seq": entry.seq,
                "hash": entry.hash,
                "at": None if line.at is None else print_instant(line.at),
                "actor": line.actor,
                "actor_name": name(line.actor),
                "about": name(f"person:{person}") if isinstance(person := line.data.get("person"), str) else "",
                "kind": line.kind,
                "data": line.data,
                "words": in_all(line.data, naming(entry.log)),
            }
            for number, entry, line in found
        ]


def _portions(numbered: Iterator[tuple[int, Entry]], size: int) -> Iterator[list[tuple[int, Entry]]]:
    portion: list[tuple[int, Entry]] = []
    for one in numbered:
        portion.append(one)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion
