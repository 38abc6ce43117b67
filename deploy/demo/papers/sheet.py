"""A clean A4 page drawn in pixels (150 dpi, grey), with a pen that moves down: what goes under the imaginary scanner.

Rules: black on white, no ageing here; coordinates in pixels from the upper left corner; every drawing method returns
whether it fitted, and draws nothing if it did not.

    sheet = Sheet()
    sheet.paragraph("Kính gửi ...")
    sheet.image.save("page.png")
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from deploy.demo.papers.fonts import SANS, SERIF, SERIF_BOLD, SERIF_ITALIC, font_path
from deploy.demo.papers.official import FOOTER, MOTTO, STATE

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 1240, 1754
LEFT, RIGHT, TOP, BOTTOM = 185, 1148, 140, 1630
INK = 28
_LINE = 38


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a typeface at a size in pixels (27 is 13 pt)."""
    return ImageFont.truetype(str(font_path(name)), size)


@cache
def _word_width(word: str, name: str, size: int) -> float:
    return font(name, size).getlength(word)


class Sheet:
    """One page and the pen's height on it."""

    def __init__(self) -> None:
        self.image = Image.new("L", (WIDTH, HEIGHT), 255)
        self.draw = ImageDraw.Draw(self.image)
        self.y = TOP
        self.text(WIDTH // 2, HEIGHT - 70, FOOTER, face=SANS, size=18)

    @property
    def room(self) -> int:
        """Pixels left above the lower margin."""
        return BOTTOM - self.y

    def text(self, x: float, y: float, text: str, *, face: str = SERIF, size: int = 27, anchor: str = "ms") -> None:
        """Write one line at a place; the default anchor is the middle of the base line."""
        self.draw.text((x, y), text, fill=INK, font=font(face, size), anchor=anchor)

    def line(self, text: str, *, face: str = SERIF, size: int = 27, gap: int = 0) -> None:
        """Write a centred line at the pen and move down."""
        self.y += _LINE + gap
        self.text((LEFT + RIGHT) / 2, self.y - 10, text, face=face, size=size)

    def letterhead(self, *, parent: Sequence[str], agency: Sequence[str], number: str, place_date: str) -> None:
        """Draw the head of an official paper."""
        left, right, y = LEFT + 190, RIGHT - 275, TOP + 20
        for index, (line, face) in enumerate(
            [(line, SERIF) for line in parent] + [(line, SERIF_BOLD) for line in agency]
        ):
            self.text(left, y + index * 33, line, face=face, size=24)
        bottom = y + 33 * (len(parent) + len(agency))
        self.draw.line((left - 70, bottom - 14, left + 70, bottom - 14), fill=INK, width=2)
        self.text(right, y, STATE, face=SERIF_BOLD, size=24)
        self.text(right, y + 36, MOTTO, face=SERIF_BOLD, size=26)
        self.draw.line((right - 186, y + 50, right + 186, y + 50), fill=INK, width=2)
        if number:
            self.text(left, bottom + 26, f"Số: {number}", size=26)
        self.text(right, bottom + 26, place_date, face=SERIF_ITALIC, size=26)
        self.y = bottom + 70

    def heading(self, text: str) -> bool:
        """Write a bold line that starts a part."""
        if self.room < _LINE * 4:
            return False
        return self.paragraph(text, face=SERIF_BOLD, gap=4)

    def paragraph(self, text: str, *, face: str = SERIF, size: int = 27, gap: int = 12) -> bool:
        """Write a justified paragraph with an indented first line."""
        lines = _break(text, face, size)
        if self.room < len(lines) * _LINE + gap:
            return False
        for number, words in enumerate(lines):
            self.y += _LINE
            self._justified(words, face, size, first=number == 0, last=number == len(lines) - 1)
        self.y += gap
        return True

    def row(
        self,
        cells: Sequence[str],
        widths: Sequence[int],
        *,
        head: bool = False,
        height: int = 44,
        size: int = 22,
    ) -> bool:
        """Draw a row of a table at the left margin; figures are centred, words start at the left."""
        if self.room < height:
            return False
        x = LEFT - 20
        for cell, width in zip(cells, widths, strict=True):
            self.draw.rectangle((x, self.y, x + width, self.y + height), outline=INK, width=2)
            centred = head or cell[:1].isdigit()
            face = SERIF_BOLD if head else SERIF
            place = (x + width / 2, "ms") if centred else (x + 10, "ls")
            self.text(place[0], self.y + height / 2 + 8, cell, face=face, size=size, anchor=place[1])
            x += width
        self.y += height
        return True

    def _justified(self, words: list[str], face: str, size: int, *, first: bool, last: bool) -> None:
        x = LEFT + (75.0 if first else 0.0)
        space = _word_width(" ", face, size)
        if not last and len(words) > 1:
            space = (RIGHT - x - sum(_word_width(word, face, size) for word in words)) / (len(words) - 1)
        for word in words:
            self.text(x, self.y - 10, word, face=face, size=size, anchor="ls")
            x += _word_width(word, face, size) + space


def _break(text: str, face: str, size: int) -> list[list[str]]:
    space = _word_width(" ", face, size)
    lines: list[list[str]] = [[]]
    left = RIGHT - LEFT - 75.0
    for word in text.split():
        width = _word_width(word, face, size)
        if lines[-1] and width > left:
            lines.append([])
            left = float(RIGHT - LEFT)
        lines[-1].append(word)
        left -= width + space
    return lines
