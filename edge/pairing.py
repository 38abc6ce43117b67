"""The picture a phone can read off a seat that waits for IT: a QR code of the device's id and its twelve digits (W50).

Rules: ISO/IEC 18004, model 2, always version 3 with level M and alphanumeric mode (61 characters, one block), which is
all that ``PHONGHOP:<ID>:<CODE>`` needs; so there are no tables of versions here. The picture tells nothing that the
screen does not say in digits.

Usage::

    picture = draw(pairing_text(device, code))
    picture.size, picture.path            # 29, "M0 0h7v1h-7z…"
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

SIZE: Final = 29
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DATA_BYTES: Final = 44
_CHECK_BYTES: Final = 26
_MOST: Final = 61
#: Level M and mask 0…7, with their BCH(15,5) check, already masked (table C.1 of the standard).
_FORMATS: Final = (0x5412, 0x5125, 0x5E7C, 0x5B4B, 0x45F9, 0x40CE, 0x4F97, 0x4AA0)
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda row, col: (row + col) % 2 == 0,
    lambda row, _col: row % 2 == 0,
    lambda _row, col: col % 3 == 0,
    lambda row, col: (row + col) % 3 == 0,
    lambda row, col: (row // 2 + col // 3) % 2 == 0,
    lambda row, col: (row * col) % 2 + (row * col) % 3 == 0,
    lambda row, col: ((row * col) % 2 + (row * col) % 3) % 2 == 0,
    lambda row, col: ((row + col) % 2 + (row * col) % 3) % 2 == 0,
)

Grid = list[list[int | None]]
Modules = list[list[int]]


@dataclass(frozen=True, slots=True)
class Picture:
    """``path``: an SVG path that fills the dark modules of a grid of ``size`` × ``size``."""

    size: int
    path: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"size": self.size, "path": self.path}


def pairing_text(device: str, code: str) -> str:
    """What the picture says."""
    return f"PHONGHOP:{device}:{code}".upper().replace(" ", "")


def draw(text: str) -> Picture:
    """The picture of ``text``; raises ``ValueError`` when it is too long or holds other characters."""
    return Picture(SIZE, _path(modules(text)))


def modules(text: str) -> Modules:
    """The dark (1) and light (0) modules, row by row, under the mask with the least penalty."""
    data = _codewords(text)
    bits = [byte >> shift & 1 for byte in data + _check_bytes(data) for shift in range(7, -1, -1)]
    drawn = (_masked(bits, mask) for mask in range(len(_MASKS)))
    return min(drawn, key=_penalty)


def _codewords(text: str) -> bytes:
    if len(text) > _MOST or any(char not in _ALPHABET for char in text):
        raise ValueError("not a text for this picture")
    values = [_ALPHABET.index(char) for char in text]
    bits = f"{0b0010:04b}{len(values):09b}"
    for at in range(0, len(values), 2):
        pair = values[at : at + 2]
        bits += f"{pair[0] * 45 + pair[1]:011b}" if len(pair) == 2 else f"{pair[0]:06b}"
    bits += "0" * min(4, 8 * _DATA_BYTES - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return data + bytes((0xEC, 0x11)[at % 2] for at in range(_DATA_BYTES - len(data)))


def _times(left: int, right: int) -> int:
    """Product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    for shift in range(7, -1, -1):
        product = (product << 1) ^ (0x11D if product & 0x80 else 0)
        product ^= left if right >> shift & 1 else 0
    return product


def _check_bytes(data: bytes) -> bytes:
    """Reed-Solomon remainder of the data."""
    generator = [1]
    root = 1
    for _ in range(_CHECK_BYTES):
        shifted = [*generator, 0]
        for at, factor in enumerate(generator):
            shifted[at + 1] ^= _times(factor, root)
        generator = shifted
        root = _times(root, 2)
    rest = [0] * _CHECK_BYTES
    for byte in data:
        factor = byte ^ rest[0]
        rest = [*rest[1:], 0]
        for at in range(_CHECK_BYTES):
            rest[at] ^= _times(generator[at + 1], factor)
    return bytes(rest)


def _frame() -> Grid:
    """Finders with their borders, alignment, timing, the dark module, room for the format; None is for data."""
    grid: Grid = [[None] * SIZE for _ in range(SIZE)]
    for top, left in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0)):
        for row in range(max(0, top - 1), min(SIZE, top + 8)):
            for col in range(max(0, left - 1), min(SIZE, left + 8)):
                ring = max(abs(row - top - 3), abs(col - left - 3))
                grid[row][col] = int(ring in (0, 1, 3))
    for row in range(SIZE - 9, SIZE - 4):
        for col in range(SIZE - 9, SIZE - 4):
            grid[row][col] = int(max(abs(row - SIZE + 7), abs(col - SIZE + 7)) != 1)
    for at in range(8, SIZE - 8):
        grid[6][at] = grid[at][6] = (at + 1) % 2
    for row, col in (*_FORMAT_FIRST, *_FORMAT_SECOND):
        grid[row][col] = 0
    grid[SIZE - 8][8] = 1
    return grid


#: Where the 15 bits of the format lie, lowest bit first, twice.
_FORMAT_FIRST: Final = (
    *((row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)),
    *((8, col) for col in (7, 5, 4, 3, 2, 1, 0)),
)
_FORMAT_SECOND: Final = (
    *((8, SIZE - 1 - at) for at in range(8)),
    *((SIZE - 7 + at, 8) for at in range(7)),
)


def _masked(bits: list[int], mask: int) -> Modules:
    grid = _frame()
    waiting = iter(bits)
    for row, col in _zigzag():
        if grid[row][col] is None:
            grid[row][col] = next(waiting, 0) ^ int(_MASKS[mask](row, col))
    for places in (_FORMAT_FIRST, _FORMAT_SECOND):
        for at, (row, col) in enumerate(places):
            grid[row][col] = _FORMATS[mask] >> at & 1
    return [[module or 0 for module in line] for line in grid]


def _zigzag() -> Iterator[tuple[int, int]]:
    upwards = True
    for right in (*range(SIZE - 1, 6, -2), 5, 3, 1):
        for row in range(SIZE - 1, -1, -1) if upwards else range(SIZE):
            yield row, right
            yield row, right - 1
        upwards = not upwards


def _penalty(grid: Modules) -> int:
    lines = ["".join(map(str, line)) for line in grid]
    columns = ["".join(map(str, line)) for line in zip(*grid, strict=True)]
    total = 0
    for line in (*lines, *columns):
        runs = line.replace("01", "0 1").replace("10", "1 0").split()
        total += sum(len(run) - 2 for run in runs if len(run) >= 5)
        total += 40 * sum(line[at : at + 11] in ("10111010000", "00001011101") for at in range(SIZE - 10))
    for above, below in itertools.pairwise(lines):
        total += 3 * sum(
            above[at : at + 2] == below[at : at + 2] and above[at] == above[at + 1] for at in range(SIZE - 1)
        )
    dark = sum(line.count("1") for line in lines) * 100 / SIZE**2
    return total + 10 * int(abs(dark - 50) / 5)


def _path(grid: Modules) -> str:
    parts: list[str] = []
    for row, line in enumerate(grid):
        at = 0
        while at < SIZE:
            end = at
            while end < SIZE and line[end]:
                end += 1
            if end > at:
                parts.append(f"M{at} {row}h{end - at}v1h-{end - at}z")
            at = max(end, at + 1)
    return "".join(parts)
