"""A page before it is scanned: the clean sheet, and the coloured ink a hand left on it.

leaf = Leaf()
draw_signature(leaf.colour(), (900, 1200), rng)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from deploy.demo.papers.sheet import HEIGHT, WIDTH, Sheet


@dataclass
class Leaf:
    """A clean page and, where there is any, the coloured ink on it."""

    sheet: Sheet = field(default_factory=Sheet)
    ink: Image.Image | None = None

    def colour(self) -> Image.Image:
        """Return the layer of coloured ink, made on first use."""
        if self.ink is None:
            self.ink = Image.new("RGB", (WIDTH, HEIGHT), "white")
        return self.ink
