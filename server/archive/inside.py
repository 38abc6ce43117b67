"""What the archive puts into a dossier: its index to be read, its metadata, and who has opened which paper (D1–D3).

Rules: the index on paper comes once the dossier was made up; metadata of a house that is not described name the site.
When the printer fails the dossier comes without it, and says so: everything else in it is as good as ever.
Who opened which page is for auditors who say why, and that they took it is an entry of the record, as when they look at
it (docs/adr/0044, 0049).

Usage: ``services.dossiers.tools.extras += [ForArchives(…), Openings(…)]``.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import pikepdf

from server.agency.model import House
from server.archive import printed
from server.archive.service import ArchiveService
from server.documents.errors import DocumentTooLong, PrinterFailed
from server.documents.model import Document
from server.dossier import metadata, openings
from server.dossier.contents import Contents, Numbered, contents_of
from server.dossier.layout import CONTENTS, METADATA, OPENINGS, PRINTER
from server.dossier.service import Dossiers, Put, Taking
from server.identity.model import Role
from server.journal import Journal
from server.readings.keeping import READ
from server.readings.model import Row
from server.readings.ports import ReadingStore
from server.signing.numbers import Number
from server.unit import Transaction, UnitOfWork
from wire.events import Event
from wire.ids import MeetingId

_PORTION: Final = 2_000
_LOG: Final = logging.getLogger("archive")


class Agency(Protocol):
    """The agency, if it is described, and its printer."""

    def known(self) -> House | None:
        """The description; None before there is one."""
        ...

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...


class Numbers(Protocol):
    """What the register has given."""

    def of(self, tx: Transaction, round_id: str) -> Number | None:
        """The number of a paper; None before it has one."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def events(self, meeting: MeetingId) -> list[Event]:
        """All events."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a dossier's lines are read from."""

    unit: UnitOfWork
    numbers: Numbers
    agency: Agency
    site_name: str

    def contents(
        self, events: Sequence[Event], files: Mapping[str, bytes], without: Mapping[str, str] | None = None
    ) -> Contents:
        """The lines; ``without``: the papers that are not there, and why."""
        rounds = [event.data["round"] for event in events if event.kind == "round_opened"]
        with self.unit.read() as tx:
            given = {each: self.numbers.of(tx, each) for each in rounds}
        numbered = {
            each: Numbered(f"{number.number:02d}", number.notation.removeprefix("/"), number.day)
            for each, number in given.items()
            if number is not None
        }
        return contents_of(events, files, house=self.creator, numbers=numbered, pages=pages_of, without=without or {})

    @property
    def creator(self) -> str:
        """The agency in one line."""
        house = self.agency.known()
        return self.site_name if house is None else " ".join(house.name)


def counted(dossiers: Dossiers, meetings: Meetings, reading: Reading) -> Callable[[MeetingId], Contents]:
    """The contents of a dossier that nobody takes."""
    return lambda meeting: reading.contents(meetings.events(meeting), dossiers.files(meeting))


@dataclass(frozen=True, slots=True)
class ForArchives:
    """The index on paper and the metadata."""

    reading: Reading
    archive: ArchiveService

    def files(self, taking: Taking, files: Mapping[str, bytes]) -> Put:
        """Two files, or one of them."""
        contents = self.reading.contents(taking.events, files, taking.without)
        filing = self.archive.filing(taking.meeting, self.reading.creator)
        found = {METADATA: metadata.encoded(contents, filing)}
        house = self.reading.agency.known()
        if house is None or not filing.notation:
            return Put(found)
        by = "" if taking.actor is None else taking.actor.name
        made = printed.index(contents, filing, house, by=by, now=taking.now)
        try:
            return Put({**found, CONTENTS: self.reading.agency.print(made, at=taking.now)})
        except (PrinterFailed, DocumentTooLong) as exc:
            _LOG.error("the dossier of %s comes without its printed index: %s", taking.meeting, type(exc).__name__)
            return Put(found, {CONTENTS: PRINTER})


@dataclass(frozen=True, slots=True)
class Openings:
    """The table of openings."""

    unit: UnitOfWork
    store: ReadingStore
    log: Journal

    def files(self, taking: Taking, files: Mapping[str, bytes]) -> Put:
        """One file; that an auditor took the rows is committed before."""
        del files
        meeting, actor = taking.meeting, taking.actor
        by_name = actor is not None and actor.has(Role.AUDITOR) and taking.reason != ""
        if by_name:
            with self.unit.begin() as tx:
                told = {"meeting": meeting, "reason": taking.reason}
                self.log.record(tx, READ, told, actor=taking.by, now=taking.now)
        with self.unit.read() as tx:
            openers = self.store.openers(tx, meeting)
            rows = self._rows(tx, meeting) if by_name else None
        return Put({OPENINGS: openings.encoded(taking.state, openers, rows)})

    def _rows(self, tx: Transaction, meeting: MeetingId) -> list[Row]:
        found: list[Row] = []
        while portion := self.store.rows(tx, meeting, after=len(found), limit=_PORTION):
            found += [each.row for each in portion]
        return found


def pages_of(pdf: bytes) -> int:
    """How many pages; 0 for what cannot be read as PDF."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as found:
            return len(found.pages)
    except (pikepdf.PdfError, ValueError):
        return 0
