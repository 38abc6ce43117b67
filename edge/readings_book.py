"""What was read at this seat and the server has not been told yet (P5, W127, W128).

Rules: one sealed file. What is noted is durable at once; without room it is kept in memory, for nobody is kept from
reading by it, and what is left of the disk is for receipts (P7). It stays through a recall, which takes the papers, and
goes when the server has it. What was told is remembered as long as the agent runs, so that a page costs one line.

Usage::

    book = ReadingsBook.load(disk, sealer)
    book.note(place, paper, 3, now=ports.now())
    batch = book.waiting(place); book.sent(place, batch)
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import Any, Final, Self

from edge.errors import DiskFull
from edge.marks_values import Place
from edge.outbox import RECEIPT_RESERVE_BYTES
from edge.vault.disk import Disk
from edge.vault.journal import Journal
from edge.vault.seal import Sealer
from wire import canonical
from wire.fields import Fields, print_instant
from wire.manifest import MAX_PAGES
from wire.messages.head import print_paper, read_paper
from wire.readings import TOGETHER_S, Entry, first, moment
from wire.topics import PaperVersion

NAME: Final = "readings"
#: A seat that is away for weeks keeps this much and drops nothing that it has: the newest is not noted then.
MOST: Final = 20_000
_REMEMBERED: Final = 20_000
_TOGETHER: Final = dt.timedelta(seconds=TOGETHER_S)


class ReadingsBook:
    """All that waits at this seat, by meeting and person."""

    def __init__(self, disk: Disk, journal: Journal) -> None:
        self._disk: Final = disk
        self._journal: Final = journal
        #: kept in the order in which it was noted; whether it is on the disk does not matter here
        self._waiting: Final[dict[Place, dict[Entry, None]]] = {}
        self._seen: Final[OrderedDict[tuple[Place, PaperVersion, int], None]] = OrderedDict()
        #: when a version lay in front of somebody last
        self._last: Final[dict[tuple[Place, PaperVersion], dt.datetime]] = {}

    @classmethod
    def load(cls, disk: Disk, sealer: Sealer) -> Self:
        """Read what is there; raises :class:`edge.errors.SealBroken`, and what the disk raises."""
        book = cls(disk, Journal(disk, NAME, sealer=sealer))
        for record in book._journal.load():
            place, entry = _read(Fields(canonical.decode(record), NAME))
            book._put(place, entry)
        return book

    def note(self, place: Place, paper: PaperVersion, page: int, *, now: dt.datetime) -> int:
        """``page`` lies in front of the person now; how much of theirs waits. Raises :class:`edge.errors.VaultError`.

        ``now`` by the server's clock, as far as it is known here.
        """
        fresh = []
        last = self._last.get((place, paper))
        if last is None or not dt.timedelta() <= now - last <= _TOGETHER:
            fresh.append(Entry(paper, moment(now, page=0)))
        self._last[place, paper] = now
        if (place, paper, page) not in self._seen:
            fresh.append(Entry(paper, moment(now, page=page), page))
        if sum(map(len, self._waiting.values())) + len(fresh) <= MOST:
            self._append(place, fresh)
            for entry in fresh:
                self._put(place, entry)
        return self.unsent(place)

    def unsent(self, place: Place) -> int:
        """How much waits."""
        return len(self._waiting.get(place, ()))

    def all(self) -> tuple[tuple[Place, int], ...]:
        """Of whom something waits, and how much."""
        return tuple((place, len(entries)) for place, entries in self._waiting.items())

    def waiting(self, place: Place) -> tuple[Entry, ...]:
        """What the server is told next."""
        return first(tuple(self._waiting.get(place, ())))

    def sent(self, place: Place, batch: Collection[Entry]) -> int:
        """The server has these, or will never take them; how much waits still.

        Raises :class:`edge.errors.VaultError`.
        """
        mine = self._waiting.get(place, {})
        for entry in batch:
            mine.pop(entry, None)
        if not mine:
            self._waiting.pop(place, None)
        # The file is small, and written a few times an hour.
        self._journal.replace([_print(whose, each) for whose, found in self._waiting.items() for each in found])
        return len(mine)

    def _append(self, place: Place, entries: Iterable[Entry]) -> None:
        records = [_print(place, each) for each in entries]
        if records and self._disk.free_bytes() >= RECEIPT_RESERVE_BYTES:
            with contextlib.suppress(DiskFull):
                self._journal.append(records, durable=True)

    def _put(self, place: Place, entry: Entry) -> None:
        self._waiting.setdefault(place, {})[entry] = None
        if entry.page:
            self._seen[place, entry.paper, entry.page] = None
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)


def _print(place: Place, entry: Entry) -> bytes:
    said: dict[str, Any] = {"meeting": place.meeting, "person": place.person, **print_paper(entry.paper)}
    return canonical.encode({**said, "page": entry.page, "at": print_instant(entry.at)})


def _read(fields: Fields) -> tuple[Place, Entry]:
    place = Place(fields.id("meeting", "m"), fields.id("person", "u"))
    entry = Entry(read_paper(fields), fields.instant("at"), fields.number("page", high=MAX_PAGES))
    fields.end()
    return place, entry
