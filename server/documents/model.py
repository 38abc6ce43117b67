"""A document of an office as a value: what stands in each cell of the layout (NĐ 30/2020, Phụ lục I).

Rules: pure. The kinds of documents – invitation, minutes, notice, resolution, attendance sheet – are made of the same
few parts; how they look is in ``layout.typ`` alone. All text is one line a string, in NFC, without control characters,
so that nothing a person typed can move, hide or restyle what stands beside it. A number or date that is not given yet
is left as a blank that the registry clerk's signature fills (G61).

Usage::

    document = Document(agency, Symbol("GM-VKSTA"), "GIẤY MỜI", "Họp Ủy ban kiểm sát", parts=(Text("…"),), foot=foot)
    pdf = printer.print(document, at=now)
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from server.documents.attaching import Attachment
from server.documents.errors import DocumentTooLong

#: Letters of a whole document; the minutes of a long day have some 200 000.
MAX_LETTERS: Final = 2_000_000
#: Lines under "Nơi nhận:", so that they and the signature fit on one page.
MAX_RECIPIENTS: Final = 40


class Urgency(enum.StrEnum):
    """The marks of cell 10b; the values are what is printed."""

    URGENT = "KHẨN"
    MOST_URGENT = "THƯỢNG KHẨN"
    EXPRESS = "HỎA TỐC"


@dataclass(frozen=True, slots=True)
class Agency:
    """Who issues; names line by line. No ``parent``: nobody above it. ``place``: of the line of the date."""

    parent: tuple[str, ...]
    name: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """Number and notation; ``number``: 0 leaves room for it. ``notation``: ``GM-VKSTA``, without the stroke."""

    notation: str
    number: int = 0

    def __str__(self) -> str:
        return f"{self.number:02d}/{self.notation}" if self.number else f"/{self.notation}"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, justified, its first line indented."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Basis:
    """A line of "Căn cứ …", in italics."""

    text: str
    kind: str = "basis"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the text: ``1. …`` (bold, indented), or centred where ``centred``."""

    text: str
    centred: bool = False
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Points:
    """Lines that begin with a dash."""

    lines: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True, slots=True)
class Column:
    """``share``: of the width, against the other columns; ``align``: left, center or right."""

    title: str
    share: int = 1
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the head again on every page. ``caption``: read aloud, and not seen."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    kind: str = "table"


Part = Text | Basis | Heading | Points | Table


@dataclass(frozen=True, slots=True)
class Signing:
    """A place to sign: the lines over it (``KT. VIỆN TRƯỞNG``, ``PHÓ VIỆN TRƯỞNG``) and the name under it."""

    authority: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Foot:
    """``right`` signs for the document; ``left``: the secretary, in minutes. ``recipients`` without their dashes."""

    right: Signing
    left: Signing | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Appendix:
    """An appendix in the same file: on pages of its own, numbered by themselves. ``note``: "(Kèm theo …)"."""

    label: str
    title: str
    parts: tuple[Part, ...]
    note: str = ""
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """``dated``: None leaves room for day and month in ``year``; ``has_date``: minutes have no such line (Mẫu 1.9)."""

    agency: Agency
    symbol: Symbol | None
    title: str
    abstract: str
    parts: tuple[Part, ...]
    foot: Foot
    year: int
    dated: dt.date | None = None
    has_date: bool = True
    addressed_to: tuple[str, ...] = ()
    urgency: Urgency | None = None
    mark: str = ""
    appendices: tuple[Appendix, ...] = ()
    #: files within the file; with them it is PDF/A-3
    attachments: tuple[Attachment, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As the layout reads it, every text clean; raises DocumentTooLong."""
        value = _plain(dataclasses.replace(self, attachments=()))
        if sum(map(len, _texts(value))) > MAX_LETTERS:
            raise DocumentTooLong(most=MAX_LETTERS)
        if len(self.foot.recipients) > MAX_RECIPIENTS:
            raise DocumentTooLong(most=MAX_RECIPIENTS)
        found: dict[str, Any] = value
        return found | {"date_line": date_line(self.agency.place, self.dated, self.year) if self.has_date else ""}


#: Room for two figures, wide enough that the clerk's are seen whole (G61).
BLANK: Final = "\u00a0" * 7


def date_line(place: str, day: dt.date | None, year: int) -> str:
    """``Hà Nội, ngày 05 tháng 01 năm 2026``: days below 10 and the months 1 and 2 have a zero before them."""
    if day is None:
        return clean(f"{place}, ngày{BLANK}tháng{BLANK}năm {year}")
    return clean(f"{place}, {day_in_words(day)}")


def day_in_words(day: dt.date) -> str:
    """``ngày 05 tháng 01 năm 2026``."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def time_in_words(at: dt.time) -> str:
    """``08 giờ 30``, as documents write it; the full hour is ``08 giờ 00``."""
    return f"{at.hour:02d} giờ {at.minute:02d}"


def clean(text: str) -> str:
    """One line of NFC: breaks and tabs are spaces, what steers printers or turns the reading direction is gone."""
    spaced = "".join(" " if char in "\n\r\t\v\f\u2028\u2029" else char for char in unicodedata.normalize("NFC", text))
    return "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"})


def _plain(value: Any) -> Any:
    if isinstance(value, Symbol):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return clean(value) if isinstance(value, str) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
