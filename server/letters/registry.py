"""The register of outgoing documents (Sổ văn bản đi): what was numbered in a year, and what waits to be issued.

Rules G63, N15: it is what the signatures of the registry clerks have written (``server/signing/register.py``), nothing
is entered by hand and nothing is left out: what was revoked keeps its line (N17). Its CSV is what no spreadsheet
computes.

Usage: ``registry.year(2026)["entries"]``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from server import spreadsheets
from server.attendance.table import HOUSE
from server.identity.model import Account
from server.letters.model import Letter, Stage
from server.letters.ports import LetterStore
from server.letters.service import LetterService
from server.signing.numbers import Entry
from server.unit import Transaction, UnitOfWork
from wire.fields import print_instant
from wire.ids import MeetingId

_HEAD: Final = (
    "Sổ",
    "Số, ký hiệu",
    "Ngày tháng",
    "Tên loại và trích yếu",
    "Văn thư cấp số",
    "Lúc ký (giờ Việt Nam)",
    "Phát hành",
)


class Numbered(Protocol):
    """The tables of signing."""

    def entries(self, tx: Transaction, year: int) -> list[Entry]:
        """All papers that were numbered in a year."""
        ...


class Years(Protocol):
    """The register of signing."""

    def years(self, tx: Transaction) -> list[int]:
        """Those that have numbers."""
        ...


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...


@dataclass(frozen=True, slots=True)
class Registry:
    """The register of the house."""

    unit: UnitOfWork
    numbered: Numbered
    register: Years
    store: LetterStore
    people: People
    letters: LetterService

    def year(self, year: int) -> dict[str, Any]:
        """``{year, years, series: [{series, count, last}], entries, ready}``; ``ready``: signed, and not issued yet."""
        with self.unit.read() as tx:
            found, years = self.numbered.entries(tx, year), self.register.years(tx)
            issued = {each.round: each for each in self.store.of_rounds(tx, [entry.round for entry in found])}
        counted = Counter(entry.series for entry in found)
        last = {entry.series: entry.number.number for entry in found}
        return {
            "year": year,
            "years": sorted({*years, year}, reverse=True),
            "series": [{"series": name, "count": count, "last": last[name]} for name, count in sorted(counted.items())],
            "entries": [self._value(entry, issued.get(entry.round)) for entry in found],
            "ready": self._ready(),
        }

    def csv(self, year: int) -> bytes:
        """A year as CSV for spreadsheets."""
        with self.unit.read() as tx:
            found = self.numbered.entries(tx, year)
            issued = {each.round: each for each in self.store.of_rounds(tx, [entry.round for entry in found])}
        rows: list[Sequence[str]] = [_HEAD]
        for entry in found:
            letter = issued.get(entry.round)
            sent = None if letter is None else letter.issued_at
            gone = "Đã hủy" if letter is not None and letter.stage is Stage.REVOKED else ""
            cells = (
                entry.series,
                written(entry),
                f"{entry.number.day:%d/%m/%Y}",
                entry.title,
                self.people.person(entry.person).name,
                f"{entry.at.astimezone(HOUSE):%H:%M %d/%m/%Y}",
                gone or ("" if sent is None else f"{sent.astimezone(HOUSE):%H:%M %d/%m/%Y}"),
            )
            rows.append(cells)
        return spreadsheets.csv_of(rows)

    def _ready(self) -> list[dict[str, Any]]:
        with self.unit.read() as tx:
            waiting = self.store.signing(tx)
        seen = [self.letters.one(MeetingId(each.meeting), each.id) for each in waiting]
        return [
            {
                "letter": each.letter.id,
                "meeting": each.letter.meeting,
                "kind": each.letter.kind.value,
                "abstract": each.letter.wording.abstract,
                "number": each.number,
                "issued_on": each.issued_on,
            }
            for each in seen
            if each.stage is Stage.SIGNED
        ]

    def _value(self, entry: Entry, letter: Letter | None) -> dict[str, Any]:
        sent = None if letter is None else letter.issued_at
        return {
            "series": entry.series,
            "number": written(entry),
            "ordinal": entry.number.number,
            "issued_on": entry.number.day.isoformat(),
            "title": entry.title,
            "kind": entry.kind,
            "meeting": entry.meeting or None,
            "round": entry.round,
            "letter": letter.id if letter is not None else None,
            "by": self.people.person(entry.person).name,
            "at": print_instant(entry.at),
            "stage": None if letter is None else _stage(letter).value,
            "sent_at": None if sent is None else print_instant(sent),
        }


def _stage(letter: Letter) -> Stage:
    """Of what has its number."""
    if letter.stage is Stage.REVOKED:
        return Stage.REVOKED
    return Stage.SIGNED if letter.issued_at is None else Stage.ISSUED


def written(entry: Entry) -> str:
    """``01/GM-VKSTA``."""
    return f"{entry.number.number:02d}{entry.number.notation}"
