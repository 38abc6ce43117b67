"""What a PDF really shows: every line with its font, size, colour and place, read by PDFium from the page.

Usage::

    line = find(measured(pdf)[0], "GIẤY MỜI")
    assert line.is_bold and line.size == 14
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
from pypdfium2 import raw

_MM = 25.4 / 72
_ITALIC = 1 << 6


@dataclass(frozen=True, slots=True)
class Line:
    """Text set in one way on one line; places in millimetres from the upper left corner, size in points."""

    text: str
    font: str
    size: float
    is_italic: bool
    color: tuple[int, int, int]
    left: float
    right: float
    baseline: float

    @property
    def is_bold(self) -> bool:
        """By the font's name: the flags of embedded subsets say nothing of weight."""
        return "Bold" in self.font

    @property
    def middle(self) -> float:
        """Across, in millimetres."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """``width``, ``height`` in millimetres; the lines from top to bottom, left to right."""

    width: float
    height: float
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(line.text for line in self.lines)


def measured(pdf: bytes) -> list[Page]:
    """The pages of a file."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_page(document[number]) for number in range(len(document))]


def find(page: Page, text: str) -> Line:
    """The one line that holds ``text``."""
    found = [line for line in page.lines if text in line.text]
    assert len(found) == 1, (text, [line.text for line in page.lines])
    return found[0]


def _page(page: Any) -> Page:
    width, height = page.get_size()
    text = page.get_textpage()
    chars = [_char(text.raw, number, height) for number in range(text.count_chars())]
    lines: list[list[dict[str, Any]]] = []
    for char in sorted((each for each in chars if each["text"].strip()), key=lambda each: each["order"]):
        last = lines[-1][-1] if lines else None
        if last is None or any(last[key] != char[key] for key in ("font", "size", "color")) or _apart(last, char):
            lines.append([])
        lines[-1].append(char)
    rows = sorted((_line(each) for each in lines), key=lambda line: (round(line.baseline, 1), line.left))
    return Page(width * _MM, height * _MM, tuple(rows))


def _apart(last: dict[str, Any], char: dict[str, Any]) -> bool:
    gap = char["x0"] - last["x1"]
    return bool(abs(last["baseline"] - char["baseline"]) > 1 or gap > 2.5 * char["size"] or gap < -char["size"])


def _line(chars: Sequence[dict[str, Any]]) -> Line:
    text = chars[0]["text"]
    for last, char in itertools.pairwise(chars):
        text += (" " if char["order"] - last["order"] > 1 else "") + char["text"]
    first = chars[0]
    return Line(
        text=text,
        font=first["font"],
        size=first["size"],
        is_italic=first["italic"],
        color=first["color"],
        left=first["x0"] * _MM,
        right=chars[-1]["x1"] * _MM,
        baseline=first["baseline"] * _MM,
    )


def _char(text: Any, number: int, height: float) -> dict[str, Any]:
    name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, number, name, len(name), flags)
    box = [ctypes.c_double() for _ in range(4)]
    raw.FPDFText_GetCharBox(text, number, *box)
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, number, x, y)
    color = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFText_GetFillColor(text, number, *color)
    font = name.value.decode("utf-8", "replace")
    return {
        "order": number,
        "text": chr(raw.FPDFText_GetUnicode(text, number)),
        "font": font,
        "size": round(raw.FPDFText_GetFontSize(text, number), 2),
        "italic": "Italic" in font or bool(flags.value & _ITALIC),
        "color": tuple(each.value for each in color[:3]),
        "x0": box[0].value,
        "x1": box[1].value,
        "baseline": height - y.value,
    }
