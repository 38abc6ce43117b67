"""Reads PDF objects (ISO 32000-2 § 7.3) out of bytes: names, numbers, strings, arrays, dictionaries, references.

Rules G6: what cannot be read is an error, nothing is repaired; nesting and sizes have limits. Two objects are equal
when they mean the same, however they are written. Everything raises ValueError.

Usage::

    value = Lexer(data, offset).value()
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

MAX_DEPTH: Final = 60
MAX_ITEMS: Final = 200_000
_SPACE: Final = b"\0\t\n\f\r "
_STOP: Final = _SPACE + b"()<>[]{}/%"
_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_BLANK: Final = re.compile(rb"(?:[\0\t\n\f\r ]+|%[^\r\n]*)*")
_REGULAR: Final = re.compile(rb"[^\0\t\n\f\r ()<>\[\]{}/%]*")
_REFERENCE: Final = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?=[\0\t\n\f\r ()<>\[\]{}/%]|$)")
_ESCAPES: Final = {0x6E: 10, 0x72: 13, 0x74: 9, 0x62: 8, 0x66: 12}
_KEYWORDS: Final[dict[bytes, Any]] = {b"true": True, b"false": False, b"null": None}


class Name(str):
    """A name without its slash. Equal to a Name only, never to a string of the file (those are bytes)."""

    __slots__ = ()


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its dictionary, and where its data begin in the file."""

    values: dict[str, Any]
    begin: int = field(compare=False)


class Lexer:
    """A position in bytes."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data: Final = data
        self.position = position
        self._items = 0

    def skip(self) -> None:
        """Past white space and comments."""
        found = _BLANK.match(self.data, self.position)
        self.position = found.end() if found else self.position

    def keyword(self, word: bytes) -> bool:
        """Take ``word`` if it stands here, whole."""
        self.skip()
        end = self.position + len(word)
        if self.data[self.position : end] != word or (end < len(self.data) and self.data[end] not in _STOP):
            return False
        self.position = end
        return True

    def whole(self) -> int:
        """A number without sign or fraction."""
        value = self.value()
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError("not a whole number")
        return value

    def value(self, depth: int = 0) -> Any:
        """The object here."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise ValueError("nested too deeply, or too long")
        self.skip()
        head = self.data[self.position : self.position + 2]
        if head == b"<<":
            return self._dictionary(depth)
        if head[:1] == b"<":
            return self._hexadecimal()
        if head[:1] == b"(":
            return self._literal()
        if head[:1] == b"[":
            return self._array(depth)
        if head[:1] == b"/":
            return self._name()
        return self._plain()

    def _dictionary(self, depth: int) -> dict[str, Any]:
        self.position += 2
        found: dict[str, Any] = {}
        while True:
            self.skip()
            if self.data[self.position : self.position + 2] == b">>":
                self.position += 2
                return found
            if self.data[self.position : self.position + 1] != b"/":
                raise ValueError("a key that is no name")
            key = self._name()
            if key in found:
                raise ValueError("a key stands twice")
            found[key] = self.value(depth + 1)

    def _array(self, depth: int) -> list[Any]:
        self.position += 1
        found: list[Any] = []
        while True:
            self.skip()
            if self.data[self.position : self.position + 1] == b"]":
                self.position += 1
                return found
            found.append(self.value(depth + 1))

    def _name(self) -> Name:
        found = _REGULAR.match(self.data, self.position + 1)
        raw = found.group() if found else b""
        self.position += 1 + len(raw)
        if b"#" in raw:
            raw = re.sub(rb"#([0-9A-Fa-f]{2})", lambda part: bytes([int(part.group(1), 16)]), raw)
        return Name(raw.decode("latin-1"))

    def _hexadecimal(self) -> bytes:
        end = self.data.find(b">", self.position)
        if end < 0:
            raise ValueError("a string without end")
        digits = self.data[self.position + 1 : end].translate(None, _SPACE)
        self.position = end + 1
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))

    def _literal(self) -> bytes:
        found, depth, at = bytearray(), 1, self.position + 1
        while depth:
            if at >= len(self.data):
                raise ValueError("a string without end")
            byte = self.data[at]
            at += 1
            if byte == 0x5C:
                at = self._escape(at, found)
                continue
            depth += (byte == 0x28) - (byte == 0x29)
            if depth:
                found.append(byte)
        self.position = at
        return bytes(found)

    def _escape(self, at: int, found: bytearray) -> int:
        digits = re.compile(rb"[0-7]{1,3}").match(self.data, at)
        if digits:
            found.append(int(digits.group(), 8) & 0xFF)
            return digits.end()
        byte = self.data[at : at + 1]
        if byte in {b"\r", b"\n"}:
            return at + (2 if self.data[at : at + 2] == b"\r\n" else 1)
        if byte:
            found.append(_ESCAPES.get(byte[0], byte[0]))
        return at + 1

    def _plain(self) -> Any:
        reference = _REFERENCE.match(self.data, self.position)
        if reference:
            self.position = reference.end()
            return Ref(int(reference.group(1)), int(reference.group(2)))
        found = _REGULAR.match(self.data, self.position)
        word = found.group() if found else b""
        self.position += len(word)
        if word in _KEYWORDS:
            return _KEYWORDS[word]
        if not _NUMBER.fullmatch(word) or len(word) > 40:
            raise ValueError("no object")
        return float(word) if b"." in word else int(word)


def indirect(data: bytes, position: int) -> tuple[Ref, Any, int]:
    """The object ``n g obj … endobj`` at ``position``, and where it ends (for a stream: where its data begin)."""
    lexer = Lexer(data, position)
    ref = Ref(lexer.whole(), lexer.whole())
    if not lexer.keyword(b"obj"):
        raise ValueError("no object here")
    value = lexer.value()
    if isinstance(value, dict) and lexer.keyword(b"stream"):
        begin = lexer.position
        begin += 2 if data[begin : begin + 2] == b"\r\n" else int(data[begin : begin + 1] == b"\n")
        return ref, Stream(value, begin), begin
    if not lexer.keyword(b"endobj"):
        raise ValueError("an object without end")
    return ref, value, lexer.position
