"""Papers that look like papers, without a PDF: pictures, words and contents of their pages.

Rules: what `docs/API.md` says of pages, text, search and outline, nothing more; the words lie where they are drawn.

Usage::

    paper = TwinPaper("Tờ trình số 3/TTr-VKS", pages=300)
    paper.picture(3, width=800)
"""

from __future__ import annotations

import io
import random
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_FONT = Path(__file__).resolve().parents[2] / "pages" / "fonts" / "BeVietnamPro-Medium.ttf"
_PARAGRAPH = (
    "Căn cứ Luật Tổ chức Viện kiểm sát nhân dân và chương trình công tác năm 2026, đơn vị chuẩn bị tài liệu báo cáo "
    "Ủy ban kiểm sát xem xét, cho ý kiến về kết quả thực hành quyền công tố, kiểm sát hoạt động tư pháp, những khó "
    "khăn, vướng mắc trong thực tiễn và các giải pháp trọng tâm của quý tới. Nghị quyết có hiệu lực kể từ ngày ký."
)
_MARGIN = 64.0
_SIZE = 13.0


def fold(text: str) -> str:
    """Lower case, no marks, đ as d."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.lower().replace("đ", "d")


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)


@dataclass(frozen=True)
class TwinPaper:
    """A paper of ``pages`` pages, upright or lying."""

    title: str
    pages: int
    size: tuple[int, int] = (595, 842)
    contents: list[dict[str, Any]] = field(default_factory=list)

    def words(self, page: int) -> list[tuple[float, float, float, float, str]]:
        """The words of a page with their boxes in points, top left first."""
        chance = random.Random(f"{self.title}{page}")
        body = _PARAGRAPH.split()
        lines = [f"{self.title} – trang {page}".split(), []]
        while len(lines) < (self.size[1] - 2 * _MARGIN) / (_SIZE * 1.7) - 1:
            start = chance.randrange(len(body))
            lines.append((body[start:] + body)[: 15 if self.size[0] > self.size[1] else 10])
        found = []
        for number, line in enumerate(lines):
            x, y = _MARGIN, _MARGIN + number * _SIZE * 1.7
            for word in line:
                width = _font(_SIZE).getlength(word)
                if x + width > self.size[0] - _MARGIN:
                    break
                found.append((round(x, 2), round(y, 2), round(x + width, 2), round(y + _SIZE * 1.25, 2), word))
                x += width + _SIZE * 0.3
        return found

    def picture(self, page: int, *, width: int) -> bytes:
        """The page as WebP, ``width`` pixels across."""
        scale = width / self.size[0]
        image = Image.new("RGB", (width, round(self.size[1] * scale)), "white")
        draw = ImageDraw.Draw(image)
        for x0, y0, _, _, word in self.words(page):
            draw.text((x0 * scale, y0 * scale), word, fill="#1a1a1a", font=_font(_SIZE * scale))
        draw.text((_MARGIN * scale, (self.size[1] - 40) * scale), f"{page}", fill="#555555", font=_font(10 * scale))
        target = io.BytesIO()
        image.save(target, "WEBP", quality=80, method=0)
        return target.getvalue()

    def text(self, page: int) -> dict[str, Any]:
        """As the API gives it."""
        return {"width": self.size[0], "height": self.size[1], "words": [list(word) for word in self.words(page)]}

    def search(self, query: str) -> list[dict[str, Any]]:
        """Pages with hits, folded; of a long paper only the first ones, for a test has no time."""
        wanted = fold(query)
        hits = []
        for page in range(1, min(self.pages, 20) + 1):
            text = " ".join(word for *_, word in self.words(page))
            folded = fold(text)
            if count := folded.count(wanted):
                at = folded.index(wanted)
                hits.append({"page": page, "count": count, "excerpt": f"… {text[max(0, at - 40) : at + 60]} …"})
        return hits

    def outline(self) -> dict[str, Any]:
        """As the API gives it."""
        return {"sizes": [list(self.size)] * self.pages, "outline": self.contents}
