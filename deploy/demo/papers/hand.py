"""What a hand leaves on a page: signatures, ticks and seals, drawn as coloured layers over a clean sheet.

Rules: a layer is white where nothing was drawn and is multiplied onto the page, so ink under a seal stays dark. The
seal copies none that exists: it says in its ring that it is a demonstration without value.

    layer = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw_seal(layer, (500, 900), rng)
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from deploy.demo.papers.fonts import SANS_BOLD, SERIF_ITALIC
from deploy.demo.papers.sheet import font

if TYPE_CHECKING:
    import random

BLUE = (38, 58, 150)
RED = (196, 42, 48)
_SEAL = 220
_RING = "DỮ LIỆU MINH HỌA • KHÔNG CÓ GIÁ TRỊ • "


def draw_signature(layer: Image.Image, centre: tuple[float, float], rng: random.Random) -> None:
    """Draw a scrawl some 200 pixels wide; it belongs to nobody."""
    x0, y0 = centre[0] - 105, centre[1]
    loops, turn = rng.uniform(1.6, 4.6), rng.uniform(0, 2 * math.pi)
    height, fading, back = rng.uniform(18, 52), rng.uniform(0.3, 0.9), rng.uniform(8, 34)
    second = rng.uniform(0.2, 0.7)
    rise = rng.uniform(-6, 34)
    points = []
    for step in range(180):
        t = step / 179
        angle = t * loops * 2 * math.pi + turn
        swing = (math.sin(angle) + second * math.sin(2.3 * angle + turn)) * height * (1 - fading * t)
        points.append((x0 + 190 * t + back * math.cos(angle), y0 - swing - rise * t))
    if rng.random() < 0.6:
        low = y0 + rng.uniform(24, 44)
        points += [
            (x0 + rng.uniform(120, 200), low),
            (x0 + rng.uniform(0, 60), low + 6),
            (x0 + 225, low - rng.uniform(4, 26)),
        ]
    ImageDraw.Draw(layer).line(points, fill=BLUE, width=rng.choice((3, 4, 4, 5)), joint="curve")


def draw_tick(layer: Image.Image, box: tuple[float, float], rng: random.Random) -> None:
    """Tick a box whose upper left corner is given."""
    x, y = box[0] + rng.uniform(-4, 4), box[1] + rng.uniform(-4, 4)
    points = [(x + 2, y + 14), (x + 11, y + 26), (x + rng.uniform(30, 40), y - rng.uniform(4, 14))]
    ImageDraw.Draw(layer).line(points, fill=BLUE, width=5, joint="curve")


def write_by_hand(layer: Image.Image, place: tuple[float, float], text: str, rng: random.Random) -> None:
    """Write a short remark in blue, a little off the line."""
    face = font(SERIF_ITALIC, 30)
    note = Image.new("RGB", (round(face.getlength(text)) + 20, 60), "white")
    ImageDraw.Draw(note).text((6, 40), text, fill=BLUE, font=face, anchor="ls")
    turned = note.rotate(rng.uniform(-0.6, 1.4), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    layer.paste(turned, (round(place[0]), round(place[1])))


def draw_seal(layer: Image.Image, centre: tuple[float, float], rng: random.Random) -> None:
    """Press the demo seal at a place, a little turned."""
    seal = _seal().rotate(rng.uniform(-14, 14), Image.Resampling.BICUBIC, fillcolor="white")
    corner = (round(centre[0] - _SEAL / 2), round(centre[1] - _SEAL / 2))
    # Darker of the two, so that the seal's white square does not cut into a signature beside it.
    under = layer.crop((*corner, corner[0] + _SEAL, corner[1] + _SEAL))
    layer.paste(ImageChops.multiply(under, seal), corner)


@cache
def _seal() -> Image.Image:
    scale = 3
    size = _SEAL * scale
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    for inset, width in ((6, 12), (24, 4), (160, 4)):
        draw.ellipse((inset, inset, size - inset, size - inset), outline=RED, width=width)
    face = font(SANS_BOLD, 58)
    total = sum(face.getlength(letter) for letter in _RING)
    angle = 180.0
    for letter in _RING:
        step = 360 * face.getlength(letter) / total
        angle += step / 2
        _paste_letter(image, letter, angle, radius=size / 2 - 92)
        angle += step / 2
    centre = font(SANS_BOLD, 84)
    draw.text((size / 2, size / 2 - 50), "DẤU MẪU", fill=RED, font=font(SANS_BOLD, 62), anchor="mm")
    draw.text((size / 2, size / 2 + 40), "DEMO", fill=RED, font=centre, anchor="mm")
    return image.resize((_SEAL, _SEAL), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))


def _paste_letter(image: Image.Image, letter: str, angle: float, *, radius: float) -> None:
    tile = Image.new("L", (130, 130), 0)
    ImageDraw.Draw(tile).text((65, 65), letter, fill=255, font=font(SANS_BOLD, 58), anchor="mm")
    turned = tile.rotate(-angle, Image.Resampling.BICUBIC)
    middle = image.width / 2
    x = middle + radius * math.sin(math.radians(angle)) - 65
    y = middle - radius * math.cos(math.radians(angle)) - 65
    image.paste(RED, (round(x), round(y)), turned)
