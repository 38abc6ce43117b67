"""Fields for number and date in a file: made before anybody signs, filled in the update of the agency's signature.

Rules G61, G62: the fields are read-only from the beginning, so no program lets anybody type in them; filling a field
that was there when the leader signed leaves that signature as it was (ISO 32000-2 § 12.8.2.2), a field that comes later
would not. They are made by an incremental update, and never in a file that is signed. The drawing is black, in Times'
measures, the date in italics as its line is set (Phụ lục I), on white only where dots are to be covered.

Usage::

    base = prepare(pdf, found.parts)                      # raises SigningFileRefused, AlreadyNumbered
    fill(writer, {Part.NUMBER: "07", …})                  # with the update that signs
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError

from server.signing import appearance, fonts
from server.signing.errors import NoRoomForMark, SigningFileRefused
from server.signing.issue import BELOW, SIZE, Blank, Part
from server.signing.model import Rect

_READ_ONLY: Final = 1
_PRINTED: Final = 4
#: A private entry of the field: there are dots under it.
_DOTTED: Final = pdf_name("/PhongHopDotted")
#: Points: sides of a field are written with three decimals.
_ROUNDED: Final = 0.01
_ODD: Final = (PdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def prepare(pdf: bytes, blanks: Sequence[Blank], *, writer: IncrementalPdfFileWriter, to_page: Any) -> bytes:
    """``pdf`` with a field for each blank; ``to_page`` turns a rect as it is shown into the page's own coordinates."""
    try:
        page = writer.find_page_for_modification(0)[0]
        form = _form(writer)
        for blank in blanks:
            field = writer.add_object(_field(blank, page, to_page(blank.rect)))
            form["/Fields"].append(field)
            _annotate(writer, page, field)
        output = io.BytesIO()
        writer.write(output)
    except _ODD as exc:
        raise SigningFileRefused(why=type(exc).__name__) from exc
    whole = output.getvalue()
    if whole[: len(pdf)] != pdf:
        raise SigningFileRefused(why="rewritten")
    return whole


def fill(writer: IncrementalPdfFileWriter, written: Mapping[Part, str]) -> None:
    """Value and drawing of each prepared field.

    Raises SigningFileRefused when one is not there, or filled; NoRoomForMark when the figures would not all be seen.
    """
    found = dict(_fields(writer))
    for part, text in written.items():
        reference = found.get(part)
        if reference is None:
            raise SigningFileRefused(why="blank")
        field = reference.get_object()
        if "/V" in field:
            raise SigningFileRefused(why="filled")
        left, bottom, right, top = (float(side) for side in field["/Rect"])
        box, dotted = Rect(0, 0, right - left, top - bottom), bool(field.get("/PhongHopDotted"))
        drawn = _draw(writer, text, box, dotted=dotted, letters_of=fonts.FONTS if part is Part.NUMBER else fonts.ITALIC)
        field[pdf_name("/V")] = generic.pdf_string(text)
        field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})
        writer.update_container(field)


def _fields(writer: IncrementalPdfFileWriter) -> list[tuple[Part, Any]]:
    names = {part.value: part for part in Part}
    listed: Any = writer.root["/AcroForm"]["/Fields"] if "/AcroForm" in writer.root else generic.ArrayObject()
    found = [(str(one.get_object().get("/T", "")), one) for one in (listed.raw_get(n) for n in range(len(listed)))]
    return [(names[name], one) for name, one in found if name in names]


def _field(blank: Blank, page: Any, box: Sequence[float]) -> generic.DictionaryObject:
    values = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/Widget"),
        "/FT": pdf_name("/Tx"),
        "/T": generic.pdf_string(blank.part.value),
        "/TU": generic.pdf_string(blank.part.spoken),
        "/Ff": generic.NumberObject(_READ_ONLY),
        "/F": generic.NumberObject(_PRINTED),
        "/DA": generic.pdf_string(f"/Helv {SIZE:g} Tf 0 g"),
        "/Rect": generic.ArrayObject([generic.FloatObject(f"{side:.3f}") for side in box]),
        "/P": page,
    }
    found = generic.DictionaryObject({pdf_name(key): value for key, value in values.items()})
    if blank.dotted:
        found[_DOTTED] = generic.BooleanObject(value=True)
    return found


def _form(writer: IncrementalPdfFileWriter) -> Any:
    root = writer.root
    if "/AcroForm" not in root:
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        root[pdf_name("/AcroForm")] = writer.add_object(form)
        writer.update_root()
        return form
    form = root["/AcroForm"]
    if "/Fields" not in form:
        form[pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(form)
    writer.update_container(form["/Fields"])
    return form


def _annotate(writer: IncrementalPdfFileWriter, page: Any, field: Any) -> None:
    values = page.get_object()
    if "/Annots" not in values:
        values[pdf_name("/Annots")] = generic.ArrayObject()
        writer.update_container(values)
    values["/Annots"].append(field)
    writer.update_container(values["/Annots"])


def _draw(writer: IncrementalPdfFileWriter, text: str, box: Rect, *, dotted: bool, letters_of: Sequence[Path]) -> Any:
    letters = fonts.embed(writer, text, fonts=letters_of)
    if letters.width(SIZE) > box.width + _ROUNDED:
        raise NoRoomForMark(page=1)
    left = max(0.0, (box.width - letters.width(SIZE)) / 2)
    ground = f"1 g 0 0 {box.width:.3f} {box.height:.3f} re f " if dotted else ""
    content = f"{ground}BT 0 g /F {SIZE:g} Tf {left:.3f} {BELOW:g} Td {letters.shown} Tj ET"
    resources = {pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F"): letters.reference})}
    return appearance.form(writer, box.width, box.height, content=content, resources=resources)
