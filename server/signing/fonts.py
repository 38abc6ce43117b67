"""Puts the few letters of a mark into a PDF, with the widths as the reader will draw them.

Rules G15: the font is one in the measures of Times New Roman that has every letter of the text (Vietnamese included);
without one the mark is refused in words, never drawn with boxes. Widths are given to the PDF in thousandths of an em,
whatever the font file counts in: Tinos counts 2048, and files that forget this are drawn with double spacing.

Usage::

    letters = embed(writer, "Số: 12/TB-VKS", fonts=FONTS)
    letters.width(10), letters.shown                      # points; the operand of Tj
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont, TTLibError
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from server.signing.errors import LettersMissing

_FOLDER: Final = Path("/usr/share/fonts/truetype")
#: In this order: Tinos and Liberation Serif have Times' measures; Noto Serif is wider but has the letters.
FONTS: Final = (
    _FOLDER / "croscore" / "Tinos-Regular.ttf",
    _FOLDER / "liberation2" / "LiberationSerif-Regular.ttf",
    _FOLDER / "liberation" / "LiberationSerif-Regular.ttf",
    _FOLDER / "noto" / "NotoSerif-Regular.ttf",
)
#: The same, slanted; a house that has none of them is given upright figures.
ITALIC: Final = (
    _FOLDER / "croscore" / "Tinos-Italic.ttf",
    _FOLDER / "liberation2" / "LiberationSerif-Italic.ttf",
    _FOLDER / "liberation" / "LiberationSerif-Italic.ttf",
    *FONTS,
)
#: ISO 32000-2, table 121: the seventh bit of a font's flags.
_SLANTED: Final = 1 << 6
_KEPT_TABLES: Final = frozenset({"head", "hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep", "glyf", "loca", "cmap"})


@dataclass(frozen=True, slots=True)
class Letters:
    """A font in the file, and one text in it."""

    reference: Any
    shown: str
    thousandths: int
    ascent: float
    descent: float

    def width(self, size: float) -> float:
        """Of the text, in points."""
        return self.thousandths * size / 1000


def embed(writer: BasePdfFileWriter, text: str, *, fonts: Sequence[Path] = FONTS) -> Letters:
    """Put the letters of ``text`` into the file; raises LettersMissing."""
    wanted = unicodedata.normalize("NFC", text)
    font = _font_with(wanted, fonts)
    slant = round(font["post"].italicAngle)
    _cut(font, wanted)
    cmap, metrics, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    glyphs = [font.getGlyphID(cmap[ord(letter)]) for letter in wanted]
    widths = {font.getGlyphID(name): round(metrics[name][0] * 1000 / em) for name in font.getGlyphOrder()}
    reference = _font_object(writer, font, widths, dict(zip(glyphs, wanted, strict=True)), slant=slant)
    hhea = font["hhea"]
    return Letters(
        reference=reference,
        shown="<" + "".join(f"{glyph:04x}" for glyph in glyphs) + ">",
        thousandths=sum(widths[glyph] for glyph in glyphs),
        ascent=hhea.ascent / em,
        descent=hhea.descent / em,
    )


def width(text: str, size: float, *, fonts: Sequence[Path] = FONTS) -> float:
    """How wide :func:`embed` would draw ``text``, in points; raises LettersMissing."""
    wanted = unicodedata.normalize("NFC", text)
    font = _font_with(wanted, fonts)
    cmap, metrics, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    thousandths: int = sum(round(metrics[cmap[ord(letter)]][0] * 1000 / em) for letter in wanted)
    return thousandths * size / 1000


def _font_with(text: str, fonts: Sequence[Path]) -> TTFont:
    for path in fonts:
        try:
            font = TTFont(path, lazy=True)
        except (OSError, TTLibError):
            continue
        if all(ord(letter) in font.getBestCmap() for letter in text):
            return font
    raise LettersMissing(letters="".join(sorted(set(text)))[:40])


def _cut(font: TTFont, text: str) -> None:
    # Half a second that every start would wait for, and a first signature need not notice.
    from fontTools import subset  # noqa: PLC0415

    # keys(): a TTFont cannot be iterated over.
    options = subset.Options(
        drop_tables=[table for table in font.keys() if table not in _KEPT_TABLES and table != "GlyphOrder"],  # noqa: SIM118
        layout_features=[],
        notdef_outline=True,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)


def _font_object(
    writer: BasePdfFileWriter, font: TTFont, widths: dict[int, int], letters: dict[int, str], *, slant: int
) -> Any:
    """The Type 0 font of ISO 32000-2 § 9.7, glyph numbers as they are in the cut file."""
    data = io.BytesIO()
    font.save(data)
    file = generic.StreamObject({pdf_name("/Length1"): generic.NumberObject(len(data.getvalue()))}, data.getvalue())
    file.compress()
    em, head, hhea = font["head"].unitsPerEm, font["head"], font["hhea"]
    name = pdf_name("/PHKGYB+MarkSerif-Italic" if slant else "/PHKGYA+MarkSerif")
    box = [generic.NumberObject(round(side * 1000 / em)) for side in (head.xMin, head.yMin, head.xMax, head.yMax)]
    descriptor = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): name,
            pdf_name("/Flags"): generic.NumberObject(4 | (_SLANTED if slant else 0)),
            pdf_name("/FontBBox"): generic.ArrayObject(box),
            pdf_name("/ItalicAngle"): generic.NumberObject(slant),
            pdf_name("/Ascent"): generic.NumberObject(round(hhea.ascent * 1000 / em)),
            pdf_name("/Descent"): generic.NumberObject(round(hhea.descent * 1000 / em)),
            pdf_name("/CapHeight"): generic.NumberObject(660),
            pdf_name("/StemV"): generic.NumberObject(80),
            pdf_name("/FontFile2"): writer.add_object(file),
        }
    )
    system = generic.DictionaryObject(
        {
            pdf_name("/Registry"): generic.pdf_string("Adobe"),
            pdf_name("/Ordering"): generic.pdf_string("Identity"),
            pdf_name("/Supplement"): generic.NumberObject(0),
        }
    )
    descendant = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
            pdf_name("/BaseFont"): name,
            pdf_name("/CIDSystemInfo"): system,
            pdf_name("/FontDescriptor"): writer.add_object(descriptor),
            pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
            pdf_name("/W"): _widths(widths),
        }
    )
    return writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type0"),
                pdf_name("/BaseFont"): name,
                pdf_name("/Encoding"): pdf_name("/Identity-H"),
                pdf_name("/DescendantFonts"): generic.ArrayObject([writer.add_object(descendant)]),
                pdf_name("/ToUnicode"): writer.add_object(_to_unicode(letters)),
            }
        )
    )


def _widths(widths: dict[int, int]) -> generic.ArrayObject:
    found = generic.ArrayObject()
    for glyph, width in sorted(widths.items()):
        found.append(generic.NumberObject(glyph))
        found.append(generic.ArrayObject([generic.NumberObject(width)]))
    return found


def _to_unicode(letters: dict[int, str]) -> generic.StreamObject:
    """So that the text of the mark can be searched and copied."""
    pairs = "\n".join(
        f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in sorted(letters.items())
    )
    text = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    )
    found = generic.StreamObject(stream_data=text.encode("ascii"))
    found.compress()
    return found
