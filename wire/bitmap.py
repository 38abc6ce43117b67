"""Which chunks a seat holds: one bit a chunk, lowest chunk in the highest bit of byte 0.

Rules W34: unused bits of the last byte are zero.

Usage::

    have = Bitmap(1024)
    have.add(7)
    list(have.missing())[:3]
"""

from __future__ import annotations

from collections.abc import Iterator

from wire.errors import BadField


class Bitmap:
    """A mutable set of chunk numbers ``0 … size - 1``."""

    __slots__ = ("_bits", "_count", "size")

    def __init__(self, size: int, data: bytes | None = None) -> None:
        if size < 0:
            raise BadField("bitmap", "a negative size")
        wanted = (size + 7) // 8
        if data is not None and len(data) != wanted:
            raise BadField("bitmap", f"is not {wanted} bytes")
        self.size = size
        self._bits = bytearray(data or bytes(wanted))
        if size % 8 and self._bits[-1] & (0xFF >> (size % 8)):
            raise BadField("bitmap", "has bits past its end")
        self._count = sum(byte.bit_count() for byte in self._bits)

    def __contains__(self, number: int) -> bool:
        return 0 <= number < self.size and bool(self._bits[number >> 3] & (0x80 >> (number & 7)))

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bitmap) and self.size == other.size and self._bits == other._bits

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Bitmap({self._count}/{self.size})"

    @property
    def full(self) -> bool:
        """Whether no chunk is missing."""
        return self._count == self.size

    def add(self, number: int) -> bool:
        """Put a chunk in; false when it was there already. Raises :class:`BadField`."""
        if not 0 <= number < self.size:
            raise BadField("bitmap", f"no chunk {number}")
        if number in self:
            return False
        self._bits[number >> 3] |= 0x80 >> (number & 7)
        self._count += 1
        return True

    def missing(self) -> Iterator[int]:
        """The chunks that are not there, in order."""
        for number in range(self.size):
            if number not in self:
                yield number

    def to_bytes(self) -> bytes:
        """The bytes on the wire."""
        return bytes(self._bits)

    def copy(self) -> Bitmap:
        """An independent copy."""
        return Bitmap(self.size, bytes(self._bits))
