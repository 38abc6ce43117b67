"""Draw what a seat shows while nothing else draws: ``python -m firmware_scripts.pictures``, when the words change.

Rules: drawn here and kept with the recipe, so an image needs no letters this early and two builds have the same bytes.
Light as the page is that comes after it; Vietnamese first; nothing that only a technician understands.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from firmware_scripts import recipe

FOLDER: Final = recipe.HERE / "root" / "usr" / "lib" / "phonghop" / "pictures"
#: Name of the picture → its lines: size, grey, words.
PICTURES: Final = {
    "starting": ((44, 30, "Đang khởi động…"), (24, 90, "Phòng họp không giấy"), (20, 120, "Starting…")),
    "nameless": (
        (44, 30, "Thiết bị chưa được cài đặt"),
        (26, 60, "Cán bộ kỹ thuật: ghi địa chỉ máy chủ vào thẻ nhớ hoặc ổ đĩa, rồi bật lại."),
        (20, 120, "Not set up yet: IT writes the address of the server onto the card or disk."),
    ),
    "failed": (
        (44, 30, "Thiết bị chưa khởi động được"),
        (26, 60, "Thiết bị đang tự thử lại. Đề nghị đồng chí báo cán bộ kỹ thuật."),
        (20, 120, "This seat could not start and is trying again. Please tell IT."),
    ),
}
_SIZE: Final = (960, 320)
_PAPER: Final = 244
_LETTERS: Final = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")


def draw(name: str) -> bytes:
    """One picture, as ``recipe/root/usr/lib/phonghop/picture`` reads it."""
    width, height = _SIZE
    shown = Image.new("L", _SIZE, _PAPER)
    pen, top = ImageDraw.Draw(shown), 60
    for size, grey, words in PICTURES[name]:
        letters = ImageFont.truetype(_LETTERS, size)
        pen.text((width / 2, top), words, fill=grey, font=letters, anchor="ma")
        top += size * 2
    return gzip.compress(f"{width} {height}\n".encode() + shown.tobytes(), mtime=0)


def main() -> None:
    """Draw all of them anew."""
    for name in PICTURES:
        (FOLDER / f"{name}.gz").write_bytes(draw(name))


if __name__ == "__main__":
    main()
