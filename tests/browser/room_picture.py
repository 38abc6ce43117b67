"""One picture of the running room for the README: chair, display and a seat at the same page, from real screenshots.

    python -m tests.browser.screenshots FOLDER
    python -m tests.browser.room_picture FOLDER docs/images/room.png

Rules: nothing is drawn but frames and captions; at most :data:`LARGEST_BYTES`, so that a README opens at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

LARGEST_BYTES = 400_000
_FONT = Path(__file__).resolve().parents[2] / "pages" / "fonts" / "BeVietnamPro-Medium.ttf"
_GROUND, _INK, _LINE = "#e4e9ee", "#14202c", "#7b8997"
_GAP, _CAPTION, _HEIGHT = 24, 40, 800
_SHADES = 256

Box = tuple[int, int, int, int]


def compose(folder: Path) -> Image.Image:
    """The chair's screen at the left, the display above a seat at the right, both columns equally high."""
    chair, wall, seat = (
        Image.open(folder / f"{scene}-light.png").convert("RGB")
        for scene in ("chair-presenting-1440x900", "wall-page-1920x1080", "seat-following-1280x800")
    )
    across = round(_HEIGHT * chair.width / chair.height)
    # width·(wall) + caption + gap + width·(seat) is as high as the chair's screen
    narrow = round((_HEIGHT - _CAPTION - _GAP) / (wall.height / wall.width + seat.height / seat.width))
    wall_high, seat_high = (round(narrow * one.height / one.width) for one in (wall, seat))
    size = (3 * _GAP + across + narrow, 2 * _GAP + _HEIGHT + _CAPTION)
    picture = Image.new("RGB", size, _GROUND)
    right = 2 * _GAP + across
    _place(picture, chair, (_GAP, _GAP, across, _HEIGHT), "Chủ trì điều hành · the chair")
    _place(picture, wall, (right, _GAP, narrow, wall_high), "Màn hình chung · the room display")
    low = size[1] - _GAP - _CAPTION - seat_high
    _place(picture, seat, (right, low, narrow, seat_high), "Chỗ ngồi của đại biểu · a delegate's seat")
    return picture


def _place(picture: Image.Image, shot: Image.Image, box: Box, caption: str) -> None:
    left, top, width, height = box
    picture.paste(shot.resize((width, height), Image.Resampling.LANCZOS), (left, top))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left - 1, top - 1, left + width, top + height), outline=_LINE)
    font = ImageFont.truetype(str(_FONT), 20)
    draw.text((left + 2, top + height + 8), caption, fill=_INK, font=font)


def main() -> None:
    """Read the command line; the picture is refused when it is too large."""
    folder, target = map(Path, sys.argv[1:3])
    target.parent.mkdir(parents=True, exist_ok=True)
    # By coverage, or the one red button among a million grey pixels turns brown.
    few = compose(folder).quantize(_SHADES, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(target, optimize=True)
    if (size := target.stat().st_size) > LARGEST_BYTES:
        raise SystemExit(f"{target}: {size} bytes, at most {LARGEST_BYTES}")


if __name__ == "__main__":
    main()
