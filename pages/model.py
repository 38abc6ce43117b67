"""What is asked of a paper, and what comes back.

Rules: pages count from 1; lengths are page points (1/72 inch) with the origin at the top left, as
the page is shown (rotated, cropped).

Usage::

    document = Document(path, plain_bytes, paper, key)
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wire.secret import Secret
from wire.topics import PaperVersion

MIN_WIDTH: Final = 80
MAX_WIDTH: Final = 2400
#: Few widths, so that a page rendered for one reader serves the next from the cache.
WIDTHS: Final = (80, 160, 240, 320, 480, 640, 800, 960, 1200, 1600, 2000, 2400)


@dataclass(frozen=True, slots=True)
class Document:
    """A paper on the disk: encrypted (C2SP chunked) under ``key``, or plain when ``key`` is None."""

    path: Path
    plain_bytes: int
    paper: PaperVersion
    key: Secret | None


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the box around it: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str


@dataclass(frozen=True, slots=True)
class PageText:
    """The words of a page in reading order; a scan has none."""

    width: float
    height: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which the query stands ``count`` times, and the text around the first one."""

    page: int
    count: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark; ``level`` counts from 0."""

    title: str
    page: int
    level: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Width and height of every page, and the bookmarks."""

    sizes: tuple[tuple[float, float], ...]
    entries: tuple[OutlineEntry, ...]


def width_step(width: int) -> int:
    """``width`` pixels rounded up to one of :data:`WIDTHS`, at most :data:`MAX_WIDTH`."""
    return WIDTHS[min(bisect_left(WIDTHS, width), len(WIDTHS) - 1)]
