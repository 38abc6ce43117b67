"""Who read this page: name, seat and time across it, faint and everywhere (P6).

Rules: the mark survives a photograph of a part of the page, and never hides a letter. It is
drawn twice, dark and light beside it, so that it shows on white paper and on a dark picture.

Usage::

    stamp(image, "Đ/c Nguyễn Văn A (demo) · 07 · 08:15 21/11/2026")
"""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

MAX_CHARACTERS: Final = 160
FONT_PATH: Final = Path(__file__).with_name("fonts") / "BeVietnamPro-Medium.ttf"
_ANGLE_DEGREES: Final = 28
#: Strength of the darkest pixel, of 255.
_DARK: Final = 30
_LIGHT: Final = 34
#: About this many marks stand side by side on a page.
_FONT_SHARE: Final = 1 / 46
_MIN_FONT_PX: Final = 8


def stamp(image: Image.Image, text: str) -> None:
    """Draw ``text`` across an RGB image, in place; control characters become spaces."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not clean:
        return
    dark, light = _masks(unicodedata.normalize("NFC", clean)[:MAX_CHARACTERS], *image.size)
    image.paste((255, 255, 255), mask=light)
    image.paste((40, 40, 40), mask=dark)


@functools.lru_cache(maxsize=4)
def _masks(text: str, width: int, height: int) -> tuple[Image.Image, Image.Image]:
    """The dark letters, and their light edge one pixel down and right."""
    letters = _letters(text, width, height)
    dark = letters.point(lambda level: level * _DARK // 255)
    shifted = Image.new("L", (width, height))
    shifted.paste(letters, (1, 1))
    return dark, shifted.point(lambda level: level * _LIGHT // 255)


def _letters(text: str, width: int, height: int) -> Image.Image:
    size_px = max(_MIN_FONT_PX, round(width * _FONT_SHARE))
    font = _font(size_px)
    length = int(font.getlength(text)) + 4 * size_px
    line = round(size_px * 7)
    side = int((width**2 + height**2) ** 0.5) + 2
    sheet = Image.new("L", (side, side))
    pen = ImageDraw.Draw(sheet)
    for row, top in enumerate(range(0, side, line)):
        for left in range(-(row % 2) * length // 2, side, length):
            pen.text((left, top), text, fill=255, font=font)
    turned = sheet.rotate(_ANGLE_DEGREES, resample=Image.Resampling.BILINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    return turned.crop((left, top, left + width, top + height))


@functools.lru_cache(maxsize=16)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_PATH, size_px)
