"""Pictures of signatures and of a seal for the demo: drawn, and plainly no real ones.

Rules: a signature is a blue line on transparent ground, different for each name; the seal is a red ring with the word
DEMO in it.

Usage: ``png = signature("Lò Thị Mai Anh (demo)")``.
"""

from __future__ import annotations

import hashlib
import io
import math
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_BLUE: Final = (20, 60, 170, 255)
_RED: Final = (200, 20, 30, 255)
_CLEAR: Final = (255, 255, 255, 0)
_SIGNATURE: Final = (600, 240)
_SEAL: Final = 480


def signature(name: str) -> bytes:
    """PNG of a line that swings as the name says."""
    picture = Image.new("RGBA", _SIGNATURE, _CLEAR)
    pen = ImageDraw.Draw(picture)
    seed = hashlib.sha256(name.encode()).digest()
    width, height = _SIGNATURE
    swings = [(2 + byte % 5, byte / 255 * math.tau) for byte in seed[:4]]
    line = []
    for step in range(201):
        part = step / 200
        swing = sum(math.sin(part * math.tau * turns + begin) for turns, begin in swings) / len(swings)
        line.append((30 + part * (width - 60), height / 2 + swing * (height / 2 - 20) * (1 - part / 2)))
    pen.line(line, fill=_BLUE, width=7, joint="curve")
    pen.line([(60, height - 30), (width - 40, height - 50)], fill=_BLUE, width=5)
    return _png(picture)


def seal() -> bytes:
    """PNG of a seal that says that it is none."""
    picture = Image.new("RGBA", (_SEAL, _SEAL), _CLEAR)
    pen = ImageDraw.Draw(picture)
    for inset, width in ((10, 14), (44, 5)):
        pen.ellipse((inset, inset, _SEAL - inset, _SEAL - inset), outline=_RED, width=width)
    pen.text((_SEAL / 2, _SEAL / 2), "DEMO", fill=_RED, font=ImageFont.load_default(110), anchor="mm")
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
