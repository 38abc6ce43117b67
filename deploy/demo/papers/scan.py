"""The scanned-looking paper: a dossier of 100 pages, images only, as it would come from a sheet-fed scanner.

Rules: pages are drawn clean, then aged, then stored as JPEG, one at a time; pages with a hand's ink are in colour, the
rest grey; no text layer, so recognition has something to do.

    write_scan(Path("ho-so-quet.pdf"), seed=2026)
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from deploy.demo.papers.ageing import Paper
from deploy.demo.papers.dossier_pages import leaves
from deploy.demo.papers.fonts import SERIF_BOLD
from deploy.demo.papers.image_pdf import JpegPage, write_image_pdf
from deploy.demo.papers.official import FOOTER
from deploy.demo.papers.sheet import HEIGHT, RIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

TITLE = "Hồ sơ trang bị phòng họp không giấy, bản quét (demo)"
# Nearly every second sheet is thin enough for the one behind it to show.
_THIN = 0.45


def write_scan(path: Path, *, seed: int) -> None:
    """Write the dossier."""
    with path.open("wb") as file:
        write_image_pdf(file, scanned_pages(seed), title=TITLE, author=FOOTER)


def scanned_pages(seed: int) -> Iterator[JpegPage]:
    """Draw, age and compress one page after the other."""
    rng = random.Random(f"{seed}/paper")  # noqa: S311 - texture, no secret
    paper = Paper(rng)
    previous: Image.Image | None = None
    for folio, leaf in enumerate(leaves(seed), start=1):
        sheet = leaf.sheet
        sheet.text(RIGHT - 30, 92, f"BL {folio:03d}", face=SERIF_BOLD, size=26)
        behind = previous if rng.random() < _THIN else None
        jpeg = paper.scan(sheet.image, leaf.ink, rng, behind=behind)
        previous = sheet.image
        yield JpegPage(jpeg, WIDTH, HEIGHT, colour=leaf.ink is not None)
