"""Read typed fields out of decoded JSON, with a path in every complaint.

Rules W04: a field that is missing, of another type or out of range is a
:class:`wire.errors.BadField`; a field that is not known is one too, so that a misspelt field
never passes silently. Text is given in NFC, without control characters and without the marks that
turn the direction of writing (they make one name look like another). Base 64 has one form only.

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

from wire import canonical, ids
from wire.errors import BadField, BadId

MAX_TEXT: Final = 20_000
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
#: C0 but tab and line feed, DEL and C1, line and paragraph separators, direction marks, halves of pairs.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


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
        """A string in NFC of at most ``limit`` characters without control characters."""
        value = self.any(key)
        if not isinstance(value, str):
            raise self._bad(key, "is not text")
        # Normal form can triple a text: measure before and after, so that hostile input costs little.
        if len(value) > 3 * limit:
            raise self._bad(key, f"is longer than {limit} characters")
        if _UNWANTED.search(value) is not None:
            raise self._bad(key, "holds control characters")
        value = canonical.normal(value)
        if len(value) > limit:
            raise self._bad(key, f"is longer than {limit} characters")
        if not value.strip() and not empty:
            raise self._bad(key, "is empty")
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

    def ids(self, key: str, prefix: str, *, limit: int) -> tuple[str, ...]:
        """A list of at most ``limit`` identifiers of the kind ``prefix``, none of them twice."""
        try:
            found = tuple(ids.parse(prefix, item) for item in self.items(key, limit=limit))
        except BadId as exc:
            raise self._bad(key, str(exc)) from exc
        if len(set(found)) != len(found):
            raise self._bad(key, "holds one twice")
        return found

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
        # The decoder drops left-over bits: without this, several texts would mean the same bytes.
        if base64.b64encode(data).decode("ascii") != value:
            raise self._bad(key, "is not base 64 in its one form")
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
            return dt.datetime.fromisoformat(value)
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

    def free(self, key: str, *, limit_bytes: int) -> dict[str, Any]:
        """A nested object of any fields, of at most ``limit_bytes`` canonical bytes."""
        value = self.any(key)
        if not isinstance(value, dict):
            raise self._bad(key, "is not an object")
        if len(canonical.encode(value)) > limit_bytes:
            raise self._bad(key, f"is longer than {limit_bytes} bytes")
        return value

    def keys(self, *, limit: int) -> tuple[str, ...]:
        """The names of all fields, where they are data themselves; at most ``limit``."""
        if len(self._value) > limit:
            raise BadField(self._path, f"has more than {limit} fields")
        return tuple(self._value)

    def end(self) -> None:
        """Raise when a field was never asked for."""
        extra = sorted(set(self._value) - self._read)
        if extra:
            raise self._bad(extra[0], "is not a known field")

    def _bad(self, key: str, reason: str) -> BadField:
        return BadField(f"{self._path}.{key}", reason)


def parse_instant(text: str) -> dt.datetime:
    """The aware UTC moment of ``2026-11-21T02:03:04.567Z``; raises ``ValueError``."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError("not a moment like 2026-11-21T02:03:04.567Z")
    return dt.datetime.fromisoformat(text)


def print_instant(moment: dt.datetime) -> str:
    """An aware moment as RFC 3339 in UTC with milliseconds (finer parts are cut off).

    Raises ``ValueError`` for a moment without a time zone: it would silently take the machine's.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
