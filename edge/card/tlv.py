r"""Tag, length, value: BER-TLV as cards write it (ISO/IEC 7816-4, 5.2.2).

Rules: pure; a parser that meets anything else raises :class:`AnswerGarbled` and nothing besides. Lengths are definite
and at most three bytes; tags have at most three.

Usage: `value = find(parse(answer.data), 0x53)`; `encode(0x5C, b"\x5f\xc1\x05")`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from edge.card.errors import AnswerGarbled

_LONG_TAG: Final = 0x1F
_MORE_TAG: Final = 0x80
_LONG_LENGTH: Final = 0x80
_MAX_LENGTH_BYTES: Final = 3
_MAX_TAG_BYTES: Final = 3

Tlv = tuple[int, bytes]


def parse(data: bytes) -> tuple[Tlv, ...]:
    """Tags and values in order; raises :class:`AnswerGarbled`."""
    found = []
    at = 0
    while at < len(data):
        tag, at = _tag(data, at)
        length, at = _length(data, at)
        if at + length > len(data):
            raise AnswerGarbled("a value longer than what holds it")
        found.append((tag, data[at : at + length]))
        at += length
    return tuple(found)


def find(values: Iterable[Tlv], tag: int) -> bytes | None:
    """The first value under ``tag``."""
    return next((value for known, value in values if known == tag), None)


def encode(tag: int, value: bytes) -> bytes:
    """One value with its tag and length."""
    size = len(value)
    if size < _LONG_LENGTH:
        length = bytes((size,))
    else:
        digits = (size.bit_length() + 7) // 8
        length = bytes((_LONG_LENGTH | digits,)) + size.to_bytes(digits, "big")
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + length + value


def _tag(data: bytes, at: int) -> tuple[int, int]:
    start = at
    at += 1
    if data[start] & _LONG_TAG == _LONG_TAG:
        while True:
            if at >= len(data) or at - start >= _MAX_TAG_BYTES:
                raise AnswerGarbled("a tag without an end")
            at += 1
            if not data[at - 1] & _MORE_TAG:
                break
    return int.from_bytes(data[start:at], "big"), at


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise AnswerGarbled("a tag without a length")
    first = data[at]
    at += 1
    if first < _LONG_LENGTH:
        return first, at
    count = first & ~_LONG_LENGTH
    if not 1 <= count <= _MAX_LENGTH_BYTES or at + count > len(data):
        raise AnswerGarbled("a length that cannot be")
    return int.from_bytes(data[at : at + count], "big"), at + count
