"""Making a clean page look scanned: paper tint, grain, blotches, bleed-through, holes, shadows, dust, skew.

Rules: the two textures are made once and reused at a random offset for every page, because noise is the costly part;
everything is drawn from the generator handed in, so the same seed gives the same bytes.

    paper = Paper(random.Random(2026))
    jpeg = paper.scan(clean, None, rng, behind=None)
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from deploy.demo.papers.sheet import HEIGHT, WIDTH

if TYPE_CHECKING:
    import random

_SPARE = 160
_QUALITY = 66
_CREAM = (250, 245, 232)
_LID = 196


class Paper:
    """The textures all pages share."""

    def __init__(self, rng: random.Random) -> None:
        size = (WIDTH + _SPARE, HEIGHT + _SPARE)
        grain = Image.frombytes("L", size, rng.randbytes(size[0] * size[1])).filter(ImageFilter.GaussianBlur(0.8))
        blotch = Image.frombytes("L", (18, 25), rng.randbytes(18 * 25)).resize(size, Image.Resampling.BICUBIC)
        # 128 means "leave the page as it is"; the grain swings about 9 grey levels, the blotches about 7.
        fine = grain.point([round(128 + (value - 128) * 0.19) for value in range(256)])
        broad = blotch.point([round(127 + (value - 128) * 0.04) for value in range(256)])
        self._texture = ImageChops.add(fine, broad, offset=-128)

    def scan(
        self,
        clean: Image.Image,
        colour: Image.Image | None,
        rng: random.Random,
        *,
        behind: Image.Image | None,
    ) -> bytes:
        """Return the JPEG of a scanned page: grey, or in colour when a layer of coloured ink lies on it."""
        page = clean.filter(ImageFilter.BoxBlur(rng.uniform(0.3, 0.5)))
        if behind is not None:
            page = ImageChops.multiply(page, _bleed(behind))
        self._mark(page, rng)
        texture = self._window(rng)
        fade = rng.uniform(0.93, 1.0)
        # Toner is never quite black, paper never quite white.
        page = page.point([round(24 + value * fade * 0.9) for value in range(256)])
        if colour is None:
            grey = ImageChops.add(page, texture, offset=-128)
            return _jpeg(_skew(grey, rng), rng)
        tinted = Image.merge("RGB", [page.point([value * tint // 255 for value in range(256)]) for tint in _CREAM])
        tinted = ImageChops.multiply(tinted, colour)
        return _jpeg(_skew(ImageChops.add(tinted, Image.merge("RGB", [texture] * 3), offset=-128), rng), rng)

    def _window(self, rng: random.Random) -> Image.Image:
        x, y = rng.randint(0, _SPARE), rng.randint(0, _SPARE)
        window = self._texture.crop((x, y, x + WIDTH, y + HEIGHT))
        return window.transpose(rng.choice((Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180)))

    def _mark(self, page: Image.Image, rng: random.Random) -> None:
        draw = ImageDraw.Draw(page)
        _shade_gutter(page, rng)
        _punch(page, rng)
        for _ in range(rng.randint(8, 26)):
            x, y, size = rng.randint(0, WIDTH), rng.randint(0, HEIGHT), rng.choice((1, 1, 2, 3))
            draw.ellipse((x, y, x + size, y + size), fill=rng.randint(60, 170))
        if rng.random() < 0.3:
            x = rng.randint(300, WIDTH - 60)
            draw.line((x, 0, x, HEIGHT), fill=226, width=1)
        _staple(draw, rng)


def _shade_gutter(page: Image.Image, rng: random.Random) -> None:
    width = rng.randint(46, 80)
    ramp = (
        Image.linear_gradient("L")
        .rotate(90)
        .resize((width, HEIGHT))
        .point([200 + value * 55 // 255 for value in range(256)])
    )
    page.paste(ImageChops.multiply(page.crop((0, 0, width, HEIGHT)), ramp), (0, 0))


def _punch(page: Image.Image, rng: random.Random) -> None:
    # Two holes 80 mm apart, 12 mm from the edge (ISO 838).
    x, middle = 70 + rng.randint(-6, 6), HEIGHT // 2 + rng.randint(-14, 14)
    for y in (middle - 236, middle + 236):
        hole = Image.new("L", (60, 60), 255)
        draw = ImageDraw.Draw(hole)
        draw.ellipse((14, 15, 49, 50), fill=150)
        draw.ellipse((12, 12, 46, 46), fill=74)
        corner = (x - 30, y - 30)
        under = page.crop((*corner, corner[0] + 60, corner[1] + 60))
        page.paste(ImageChops.multiply(under, hole.filter(ImageFilter.GaussianBlur(1.4))), corner)


def _staple(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    x, y = 92 + rng.randint(-8, 8), 84 + rng.randint(-8, 8)
    draw.line((x, y, x + 34, y - 26), fill=168, width=3)
    for dx, dy in ((0, 0), (34, -26)):
        draw.ellipse((x + dx - 3, y + dy - 3, x + dx + 3, y + dy + 3), fill=96)


def _bleed(behind: Image.Image) -> Image.Image:
    mirrored = behind.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2.2))
    return mirrored.point([255 - (255 - value) * 8 // 100 for value in range(256)])


def _skew(page: Image.Image, rng: random.Random) -> Image.Image:
    shift = (rng.randint(-5, 5), rng.randint(-6, 6))
    fill: int | tuple[int, int, int] = _LID if page.mode == "L" else (_LID, _LID, _LID - 4)
    # Bilinear: half the time of bicubic, and a scanner's lens is no sharper.
    return page.rotate(rng.uniform(-0.85, 0.85), Image.Resampling.BILINEAR, translate=shift, fillcolor=fill)


def _jpeg(page: Image.Image, rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=_QUALITY + rng.randint(-2, 2), dpi=(150, 150))
    return buffer.getvalue()
