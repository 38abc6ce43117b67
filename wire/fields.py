"""Read typed fields out of decoded JSON, with a path in every complaint.

Rules W04: a field that is missing, of another type or out of range is a
:class:`wire.errors.BadField`; a field that is not known is one too, so that a misspelt field
never passes silently.

Usage::

    fields = Fields(body, "have")
    paper = fields.id("paper", "p")
    fields.end()
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from typing import Any, Final

from wire import ids
from wire.errors import BadField, BadId

MAX_TEXT: Final = 20_000
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class Fields:
    """A view on one JSON object; each read marks its key as known."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise BadField(path, "is not an object")
        self._value: dict[str, Any] = value
        self._path = path
        self._read: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether ``key`` is there and not null."""
        self._read.add(key)
        return self._value.get(key) is not None

    def any(self, key: str) -> Any:
        """The raw value of a field that must be there."""
        self._read.add(key)
        if key not in self._value:
            raise self._bad(key, "is missing")
        return self._value[key]

    def text(self, key: str, *, limit: int = MAX_TEXT, empty: bool = False) -> str:
        """A string of at most ``limit`` characters without control characters."""
        value = self.any(key)
        if not isinstance(value, str):
            raise self._bad(key, "is not text")
        if len(value) > limit:
            raise self._bad(key, f"is longer than {limit} characters")
        if not value.strip() and not empty:
            raise self._bad(key, "is empty")
        if any(ord(char) < 32 and char not in "\n\t" for char in value):
            raise self._bad(key, "holds control characters")
        return value

    def number(self, key: str, *, low: int = 0, high: int = 2**53 - 1) -> int:
        """An integer within ``low`` … ``high``."""
        value = self.any(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._bad(key, "is not a whole number")
        if not low <= value <= high:
            raise self._bad(key, f"is not within {low} … {high}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.any(key)
        if not isinstance(value, bool):
            raise self._bad(key, "is not true or false")
        return value

    def id(self, key: str, prefix: str) -> str:
        """An identifier of the kind ``prefix``."""
        try:
            return ids.parse(prefix, self.any(key))
        except BadId as exc:
            raise self._bad(key, str(exc)) from exc

    def choice(self, key: str, allowed: frozenset[str]) -> str:
        """One of the words in ``allowed``."""
        value = self.any(key)
        if not isinstance(value, str) or value not in allowed:
            raise self._bad(key, f"is none of {', '.join(sorted(allowed))}")
        return value

    def base64(self, key: str, *, size: int | None = None) -> bytes:
        """Bytes from standard base 64, of exactly ``size`` bytes if given."""
        value = self.any(key)
        if not isinstance(value, str):
            raise self._bad(key, "is not base 64")
        try:
            data = base64.b64decode(value.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as exc:
            raise self._bad(key, "is not base 64") from exc
        if size is not None and len(data) != size:
            raise self._bad(key, f"is not {size} bytes")
        return data

    def hex(self, key: str, *, size: int) -> str:
        """``size`` bytes as lower-case hexadecimal text."""
        value = self.any(key)
        if not isinstance(value, str) or re.fullmatch(f"[0-9a-f]{{{2 * size}}}", value) is None:
            raise self._bad(key, f"is not {size} bytes in hexadecimal")
        return value

    def instant(self, key: str) -> dt.datetime:
        """A moment: RFC 3339, UTC, milliseconds."""
        value = self.any(key)
        if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
            raise self._bad(key, "is not a moment like 2026-11-21T02:03:04.567Z")
        try:
            return parse_instant(value)
        except ValueError as exc:
            raise self._bad(key, "is no moment of the calendar") from exc

    def items(self, key: str, *, limit: int = 10_000) -> list[Any]:
        """A list of at most ``limit`` elements."""
        value = self.any(key)
        if not isinstance(value, list):
            raise self._bad(key, "is not a list")
        if len(value) > limit:
            raise self._bad(key, f"has more than {limit} elements")
        return value

    def objects(self, key: str, *, limit: int = 10_000) -> list[Fields]:
        """A list of objects."""
        where = f"{self._path}.{key}"
        found = self.items(key, limit=limit)
        return [Fields(item, f"{where}[{index}]") for index, item in enumerate(found)]

    def object(self, key: str) -> Fields:
        """A nested object."""
        return Fields(self.any(key), f"{self._path}.{key}")

    def end(self) -> None:
        """Raise when a field was never asked for."""
        extra = sorted(set(self._value) - self._read)
        if extra:
            raise self._bad(extra[0], "is not a known field")

    def _bad(self, key: str, reason: str) -> BadField:
        return BadField(f"{self._path}.{key}", reason)


def parse_instant(text: str) -> dt.datetime:
    """The aware UTC moment of ``2026-11-21T02:03:04.567Z``; raises ``ValueError``."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)


def print_instant(moment: dt.datetime) -> str:
    """An aware moment as RFC 3339 in UTC with milliseconds (finer parts are cut off)."""
    utc = moment.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
