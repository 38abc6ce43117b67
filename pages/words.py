"""The words of a page with the boxes around them, for selecting and marking.

Rules: a word ends where PDFium sees white space; the box is that of the whole letters (their font's
height), turned and cropped as the page is shown.

Usage::

    for x0, y0, x1, y1, text in words_of(page): ...
"""

from __future__ import annotations

import contextlib
import ctypes
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2.raw as pdfium

MAX_CHARACTERS: Final = 200_000
MAX_WORD: Final = 400
#: PDFium turns page points into whole pixels; this many pixels a point keep a hundredth.
_FINE: Final = 100
#: A hyphen at a line's end, and "no character".
_NOTHING: Final = frozenset({0x0002, 0xFFFE, 0xFFFF, 0x00AD})

Box = tuple[float, float, float, float]


def words_of(page: Any) -> Iterator[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom (page points, origin top left) and the word, in reading order."""
    to_shown = _Shown(page)
    with contextlib.closing(page.get_textpage()) as textpage:
        letters: list[int] = []
        boxes: list[Box] = []
        for index in range(min(textpage.count_chars(), MAX_CHARACTERS)):
            code = int(pdfium.FPDFText_GetUnicode(textpage, index))
            if code in _NOTHING:
                continue
            if _ends_word(code):
                yield from _word(letters, boxes)
                letters, boxes = [], []
                continue
            letters.append(code)
            box = _box(textpage, index)
            if box is not None:
                boxes.append(to_shown.box(box))
        yield from _word(letters, boxes)


def _ends_word(code: int) -> bool:
    return code <= 0x20 or (code < 0xD800 and chr(code).isspace())


def _word(letters: list[int], boxes: list[Box]) -> Iterator[tuple[float, float, float, float, str]]:
    # Letters beyond 16 bits come as two halves.
    data = b"".join(code.to_bytes(2, "little") if code < 0x10000 else chr(code).encode("utf-16-le") for code in letters)
    text = unicodedata.normalize("NFC", data.decode("utf-16-le", errors="ignore"))
    text = "".join(char for char in text if char.isprintable())[:MAX_WORD]
    if text and boxes:
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        yield min(lefts), min(tops), max(rights), max(bottoms), text


def _box(textpage: Any, index: int) -> Box | None:
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage, index, rect):
        return None
    return rect.left, rect.top, rect.right, rect.bottom


class _Shown:
    """From the page's own coordinates to the page as it is shown."""

    def __init__(self, page: Any) -> None:
        self._page = page
        width, height = page.get_size()
        self._size: Final = (round(width * _FINE), round(height * _FINE))

    def box(self, box: Box) -> Box:
        """Left, top, right, bottom after turning and cropping."""
        left, top, right, bottom = box
        x0, y0 = self._point(left, top)
        x1, y1 = self._point(right, bottom)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        shown_x, shown_y = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self._page, 0, 0, *self._size, 0, x, y, shown_x, shown_y)
        return shown_x.value / _FINE, shown_y.value / _FINE
