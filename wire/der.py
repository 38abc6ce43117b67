"""Just enough DER (X.690) to read and write signed attributes and a certificate's names: lengths in their one form.

Rules G8: indefinite lengths, long forms of short lengths, tags above 30 and bytes after the end are errors; a value is
never interpreted further than its caller asks. Everything raises ValueError.

Usage::

    for item in children(data, SEQUENCE): ...
    data = element(SEQUENCE, named("1.2.840.113549.1.7.1"), element(OCTETS, b"…"))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

SEQUENCE: Final = 0x30
SET: Final = 0x31
OID: Final = 0x06
OCTETS: Final = 0x04
INTEGER: Final = 0x02
NULL: Final = b"\x05\x00"
_LONG: Final = 0x80


class Item(NamedTuple):
    """One element: ``whole`` with tag and length, ``value`` without."""

    tag: int
    value: bytes
    whole: bytes


def one(data: bytes, tag: int) -> Item:
    """The only element of ``data``; raises ValueError for another tag, or when more follows."""
    found, rest = _first(data)
    if found.tag != tag or rest:
        raise ValueError("not one element of that tag")
    return found


def items(data: bytes) -> Iterator[Item]:
    """The elements of ``data``, to its end."""
    while data:
        found, data = _first(data)
        yield found


def children(data: bytes, tag: int) -> list[Item]:
    """The elements inside the only element of ``data``."""
    return list(items(one(data, tag).value))


def oid(item: Item) -> str:
    """Dotted; raises ValueError."""
    if item.tag != OID or not item.value or item.value[-1] & _LONG:
        raise ValueError("not an object identifier")
    numbers: list[int] = []
    number, fresh = 0, True
    for byte in item.value:
        if fresh and byte == _LONG:
            raise ValueError("a leading zero")
        number, fresh = (number << 7) | (byte & 0x7F), not byte & _LONG
        if fresh:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(part) for part in (first, numbers[0] - 40 * first, *numbers[1:]))


def element(tag: int, *parts: bytes) -> bytes:
    """One element around ``parts``, its length in the shortest form."""
    value = b"".join(parts)
    length = len(value)
    if length < _LONG:
        return bytes([tag, length]) + value
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(size)]) + size + value


def set_of(*members: bytes) -> bytes:
    """A SET OF: its members in the order of their bytes (X.690 § 11.6)."""
    return element(SET, *sorted(members))


def named(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *others = (int(part) for part in dotted.split("."))
    return element(OID, *(_base128(number) for number in (40 * first + second, *others)))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(_LONG | (number & 0x7F))
    return bytes(reversed(digits))


def _first(data: bytes) -> tuple[Item, bytes]:
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise ValueError("no element")
    length, begin = data[1], 2
    if length & _LONG:
        count = length & 0x7F
        if not 1 <= count <= 4 or len(data) < 2 + count:
            raise ValueError("a length that is not definite")
        length, begin = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
        if length < _LONG or data[2] == 0:
            raise ValueError("a length that is not in its shortest form")
    end = begin + length
    if end > len(data):
        raise ValueError("cut short")
    return Item(data[0], data[begin:end], data[:end]), data[end:]
