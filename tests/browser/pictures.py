"""Which page of a paper a person sees: what the screen shows is compared with the pages of the very PDF.

Rules: only what is in view is compared, with the same part of every page; the page that differs least is the answer, so
a watermark or another rendering does not matter, and a wrong page, a blank one or one still on its way does.

Usage: `expect_page(page.locator("canvas"), pdf, number=5)`.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Locator

from tests.support.poll import until

_WIDTH = 400
_DETAIL = (80, 104)
_BLUR = ImageFilter.GaussianBlur(1)


@cache
def _pages(pdf: Path) -> tuple[Image.Image, ...]:
    with pypdfium2.PdfDocument(pdf) as document:
        return tuple(
            document[at].render(scale=_WIDTH / document[at].get_width()).to_pil().convert("L")
            for at in range(len(document))
        )


def expect_page(canvas: Locator, pdf: Path, *, number: int) -> None:
    """Wait until ``canvas`` shows this page (from 1) of ``pdf``; screens keep the old one until the new is there."""
    seen: list[int] = []

    def shown() -> bool:
        seen.append(page_in_view(canvas, pdf))
        return seen[-1] == number

    try:
        until(shown, every_s=0.1)
    except AssertionError:
        raise AssertionError(f"page {number} of {pdf.name} never came; pages seen: {sorted(set(seen))}") from None


def page_in_view(canvas: Locator, pdf: Path) -> int:
    """The page (from 1) of ``pdf`` that ``canvas`` shows, as far as it is in view; 0 when nothing of it is."""
    where = canvas.evaluate(
        """(canvas) => {
          const box = canvas.getBoundingClientRect();
          const frame = (canvas.closest('.stage') ?? document.documentElement).getBoundingClientRect();
          const left = Math.max(box.left, frame.left), right = Math.min(box.right, frame.right);
          const top = Math.max(box.top, frame.top), bottom = Math.min(box.bottom, frame.bottom);
          return { clip: { x: left, y: top, width: right - left, height: bottom - top },
            part: [(left - box.left) / box.width, (top - box.top) / box.height,
              (right - box.left) / box.width, (bottom - box.top) / box.height] };
        }"""
    )
    if min(where["clip"]["width"], where["clip"]["height"]) < 1:
        return 0
    shot = canvas.page.screenshot(clip=where["clip"])
    seen = Image.open(io.BytesIO(shot)).convert("L").resize(_DETAIL, Image.Resampling.BOX)
    differences = [_difference(seen.filter(_BLUR), page, part=where["part"]) for page in _pages(pdf)]
    return differences.index(min(differences)) + 1


def _difference(seen: Image.Image, page: Image.Image, *, part: list[float]) -> float:
    left, top, right, bottom = part
    box = (left * page.width, top * page.height, right * page.width, bottom * page.height)
    same = page.resize(_DETAIL, Image.Resampling.BOX, box=box).filter(_BLUR)
    return float(ImageStat.Stat(ImageChops.difference(seen, same)).rms[0])
