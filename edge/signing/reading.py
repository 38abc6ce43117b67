"""Finds objects in a PDF through its cross-reference sections (ISO 32000-2 § 7.5), tables and streams.

Rules G6: sections are followed as they say, newest first; nothing is searched for or repaired, so a file that readers
have to mend is not signed. Everything raises ValueError.

Usage::

    file = PdfFile(data)
    root = file.resolve(file.trailer["Root"])
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from edge.signing.objects import Lexer, Ref, Stream, indirect

MAX_SECTIONS: Final = 500
MAX_OBJECTS: Final = 500_000
MAX_UNPACKED: Final = 64 * 2**20
_START: Final = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,12})[\0\t\n\f\r ]+%%EOF[\0\t\n\f\r ]*\Z")
_TAIL: Final = 2048


class Entry(NamedTuple):
    """``kind`` 0 free, 1 at ``where``, 2 the ``place``-th in the object stream ``where``."""

    kind: int
    where: int
    place: int


class Section(NamedTuple):
    """One cross-reference section, and its trailer."""

    entries: dict[int, Entry]
    trailer: dict[str, Any]


class PdfFile:
    """A file, read through its newest section."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(b"%PDF-"):
            raise ValueError("no PDF")
        self.data: Final = data
        self.start: Final = start_of(data)
        self.entries: Final[dict[int, Entry]] = {}
        self.trailer: Final[dict[str, Any]] = {}
        self._unpacked: Final[dict[int, list[tuple[int, Any]]]] = {}
        self._follow()

    def resolve(self, value: Any) -> Any:
        """The object behind a reference (None when there is none), or ``value`` itself."""
        for _ in range(20):
            if not isinstance(value, Ref):
                return value
            value = self._object(value)
        raise ValueError("references in a circle")

    def is_defined(self, number: int) -> bool:
        """Whether there is such an object."""
        found = self.entries.get(number)
        return found is not None and found.kind != 0

    def undefined(self) -> set[int]:
        """Numbers that objects of this file refer to though there are no such objects."""
        missing: set[int] = set()
        seen: set[int] = set()
        waiting: list[Any] = [self.trailer]
        while waiting:
            for ref in _references(waiting.pop()):
                if ref.number in seen:
                    continue
                seen.add(ref.number)
                if self.is_defined(ref.number):
                    waiting.append(self._object(ref))
                else:
                    missing.add(ref.number)
        return missing

    def _follow(self) -> None:
        position: Any = self.start
        seen: set[int] = set()
        while position is not None:
            if not isinstance(position, int) or position in seen or len(seen) > MAX_SECTIONS:
                raise ValueError("sections in a circle")
            seen.add(position)
            section = read_section(self.data, position)
            self._take(section)
            hybrid = section.trailer.get("XRefStm")
            if hybrid is not None:
                self._take(read_section(self.data, hybrid))
            position = section.trailer.get("Prev")

    def _take(self, section: Section) -> None:
        for number, entry in section.entries.items():
            self.entries.setdefault(number, entry)
        for key, value in section.trailer.items():
            self.trailer.setdefault(key, value)
        if len(self.entries) > MAX_OBJECTS:
            raise ValueError("too many objects")

    def _object(self, ref: Ref) -> Any:
        entry = self.entries.get(ref.number)
        if entry is None or entry.kind == 0:
            return None
        if entry.kind == 1:
            found, value, _ = indirect(self.data, entry.where)
            if found != ref:
                raise ValueError("another object than the table says")
            return value
        number, value = self._in_stream(entry.where)[entry.place]
        if number != ref.number:
            raise ValueError("another object than the table says")
        return value

    def _in_stream(self, container: int) -> list[tuple[int, Any]]:
        known = self._unpacked.get(container)
        if known is not None:
            return known
        entry = self.entries.get(container)
        if entry is None or entry.kind != 1:
            raise ValueError("no object stream")
        _, stream, _ = indirect(self.data, entry.where)
        if not isinstance(stream, Stream):
            raise ValueError("no object stream")  # noqa: TRY004 - about bytes, not about a caller
        data, first = unpack(self.data, stream, self.resolve), _whole(stream.values.get("First"))
        head = Lexer(data[:first])
        places = [(head.whole(), head.whole()) for _ in range(_whole(stream.values.get("N")))]
        found = [(number, Lexer(data, first + offset).value()) for number, offset in places]
        self._unpacked[container] = found
        return found


def start_of(data: bytes) -> int:
    """Where the newest section begins, as the end of the file says."""
    found = _START.search(data[-_TAIL:])
    if found is None:
        raise ValueError("no end")
    return int(found.group(1))


def read_section(data: bytes, position: int) -> Section:
    """The section at ``position``."""
    lexer = Lexer(data, position)
    if not lexer.keyword(b"xref"):
        _, stream, _ = indirect(data, position)
        if not isinstance(stream, Stream) or stream.values.get("Type") != "XRef":
            raise ValueError("no section here")
        return Section(dict(_from_stream(data, stream)), stream.values)
    entries: dict[int, Entry] = {}
    while not lexer.keyword(b"trailer"):
        first, count = lexer.whole(), lexer.whole()
        if count > MAX_OBJECTS:
            raise ValueError("too many objects")
        for number in range(first, first + count):
            where, generation = lexer.whole(), lexer.whole()
            kind = 1 if lexer.keyword(b"n") else 0
            if not kind and not lexer.keyword(b"f"):
                raise ValueError("neither used nor free")
            entries[number] = Entry(kind, where, generation)
    trailer = lexer.value()
    if not isinstance(trailer, dict):
        raise ValueError("no trailer")  # noqa: TRY004 - as above
    return Section(entries, trailer)


def unpack(data: bytes, stream: Stream, resolve: Any = lambda value: value) -> bytes:
    """The data of a stream that is plain or Flate, with a PNG predictor or none."""
    length = _whole(resolve(stream.values.get("Length")))
    raw = data[stream.begin : stream.begin + length]
    names = stream.values.get("Filter")
    kinds = names if isinstance(names, list) else [] if names is None else [names]
    if not kinds:
        return raw
    if kinds != ["FlateDecode"]:
        raise ValueError("a filter that is not read here")
    try:
        unpacked = zlib.decompressobj().decompress(raw, MAX_UNPACKED)
    except zlib.error as exc:
        raise ValueError("packed wrongly") from exc
    given = stream.values.get("DecodeParms")
    params = given[0] if isinstance(given, list) and given else given
    if not isinstance(params, dict) or params.get("Predictor", 1) == 1:
        return unpacked
    return _unpredict(unpacked, _whole(params.get("Columns", 1)))


def _from_stream(data: bytes, stream: Stream) -> Iterator[tuple[int, Entry]]:
    values = stream.values
    widths = [_whole(width) for width in values.get("W", ())]
    if len(widths) != 3 or sum(widths) == 0 or max(widths) > 8:
        raise ValueError("no widths")
    rows, size = unpack(data, stream), sum(widths)
    index = values.get("Index", [0, values.get("Size")])
    numbers = [
        number
        for first, count in zip(index[::2], index[1::2], strict=True)
        for number in range(_whole(first), _whole(first) + min(_whole(count), MAX_OBJECTS))
    ]
    for row, number in enumerate(numbers):
        part = rows[row * size : (row + 1) * size]
        if len(part) != size:
            raise ValueError("cut short")
        a, b = widths[0], widths[0] + widths[1]
        kind = int.from_bytes(part[:a], "big") if a else 1
        yield number, Entry(kind, int.from_bytes(part[a:b], "big"), int.from_bytes(part[b:], "big"))


def _unpredict(data: bytes, columns: int) -> bytes:
    """PNG filters None, Sub and Up (one byte a pixel), which is what cross-reference streams use."""
    if not 1 <= columns <= 64:
        raise ValueError("odd columns")
    found, above = bytearray(), bytes(columns)
    for begin in range(0, len(data) - columns, columns + 1):
        kind, row = data[begin], bytearray(data[begin + 1 : begin + 1 + columns])
        for at in range(columns):
            if kind == 1 and at:
                row[at] = (row[at] + row[at - 1]) & 0xFF
            elif kind == 2:
                row[at] = (row[at] + above[at]) & 0xFF
            elif kind > 2:
                raise ValueError("a predictor that is not read here")
        above = bytes(row)
        found += row
    return bytes(found)


def _references(value: Any) -> Iterator[Ref]:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Ref):
            yield found
        elif isinstance(found, Stream):
            waiting.extend(found.values.values())
        elif isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a whole number")
    return value
