"""The typefaces of the demo papers: Noto, as Debian's package fonts-noto-core ships it.

Rule: the decree on official papers asks for Times New Roman, which nobody may pass on; Noto Serif is the free serif
with every Vietnamese letter drawn as one glyph, so marks never collide. Fonts are embedded as subsets.

    register_fonts()            # once, before any reportlab paragraph is made
    font_path(SERIF_BOLD)       # for Pillow
"""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from deploy.demo.papers.errors import FontMissingError

FOLDER = Path("/usr/share/fonts/truetype/noto")
SERIF = "NotoSerif-Regular"
SERIF_BOLD = "NotoSerif-Bold"
SERIF_ITALIC = "NotoSerif-Italic"
SERIF_BOLD_ITALIC = "NotoSerif-BoldItalic"
SANS = "NotoSans-Regular"
SANS_BOLD = "NotoSans-Bold"
_ALL = (SERIF, SERIF_BOLD, SERIF_ITALIC, SERIF_BOLD_ITALIC, SANS, SANS_BOLD)


def font_path(name: str) -> Path:
    """Return the file of one of the typefaces; raise `FontMissingError` if it is not installed."""
    path = FOLDER / f"{name}.ttf"
    if not path.is_file():
        raise FontMissingError(str(path))
    return path


def register_fonts() -> None:
    """Make the typefaces known to reportlab; doing it again changes nothing."""
    for name in _ALL:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(font_path(name))))
    pdfmetrics.registerFontFamily(
        SERIF,
        normal=SERIF,
        bold=SERIF_BOLD,
        italic=SERIF_ITALIC,
        boldItalic=SERIF_BOLD_ITALIC,
    )
