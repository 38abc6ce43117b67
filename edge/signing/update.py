"""What a prepared file changes: one signature field, its mark, and nothing that anybody can see elsewhere.

Rules G6: the bytes after the shown file are objects, one cross-reference section that names exactly these, and the
end; of the objects that were there before only the page's list of annotations, the form's list of fields and the
catalogue's entry of the form may differ, each by the new field alone; new objects take numbers nobody refers to; none
holds an action, a script, an attachment or a layer; number and date may be filled into
fields prepared for them (``filling``); the mark is drawn in the field's box, which covers at most a
quarter of the page.

Usage::

    change = inspect(base, whole)          # raises UpdateWrong, FileUnreadable
    change.page, change.box, change.hole
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from edge.signing import filling
from edge.signing.errors import FileUnreadable, HoleWrong, UpdateWrong
from edge.signing.objects import Lexer, Name, Ref, Stream, indirect
from edge.signing.reading import PdfFile, read_section, start_of

SUBFILTER: Final = "ETSI.CAdES.detached"
MAX_COVER: Final = 0.25
_SIGNATURE_KEYS: Final = frozenset(
    {"Type", "Filter", "SubFilter", "Contents", "ByteRange", "M", "Name", "Reason", "Location", "ContactInfo"}
    | {"Reference"}
)
_FIELD_KEYS: Final = frozenset({"FT", "T", "Type", "Subtype", "F", "Rect", "P", "AP", "V", "Lock", "TU"})
_FORM_KEYS: Final = frozenset({"Fields", "SigFlags"})
_DRAWING_KEYS: Final = frozenset({"Type", "Subtype", "BBox", "Resources", "Length", "Filter"})
_TRAILER_KEYS: Final = frozenset(
    {"Size", "Root", "Info", "ID", "Prev", "Type", "W", "Index", "Filter", "Length", "DecodeParms"}
)
#: Of the catalogue: where the form is, and which edition of PDF the file claims.
_CATALOGUE_KEYS: Final = frozenset({"AcroForm", "Extensions", "Version"})
_FORBIDDEN: Final = frozenset(
    {"A", "AA", "JS", "JavaScript", "OpenAction", "OC", "OCProperties", "EF", "EmbeddedFiles", "RichMedia"}
    | {"Perms", "Names", "URI", "Launch", "GoTo", "Movie", "Sound", "XFA", "Kids", "Encrypt", "SV"}
)
_MAX_PAGES: Final = 20_000
#: What a page measures that says nothing (ISO 32000-2 § 14.11.2 leaves it to the program; PDFium takes US letter).
_LETTER: Final = (0, 0, 612, 792)

#: Left, bottom, right, top in a page's own coordinates; left, top, right, bottom as it is shown.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Change:
    """What the update adds: the page (from 1), the mark's box, the hole, the field's name.

    ``box`` is in the page's own coordinates, ``shown_box`` in points from the top left of what is seen of the page.
    """

    page: int
    box: Box
    shown_box: Box
    hole: tuple[int, int]
    field: bytes
    #: what was written into the fields prepared for it, by name
    written: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Both:
    """The file before, the objects that came, and where each lies."""

    base: PdfFile
    came: dict[int, Any]
    spans: dict[int, tuple[int, int]]

    def now(self, value: Any) -> Any:
        """What a reference means in the new file."""
        if isinstance(value, Ref) and value.number in self.came:
            return self.came[value.number]
        return self.base.resolve(value)


def inspect(base: bytes, whole: bytes) -> Change:
    """The one signature field that ``whole`` adds to ``base``; raises UpdateWrong, HoleWrong, FileUnreadable."""
    try:
        before = PdfFile(base)
        both = _Both(before, *_objects(base, whole))
        _check_section(both, whole)
        return _check(both, whole)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError) as exc:
        # The parsers say ValueError; the others come from odd types where a structure was expected.
        raise FileUnreadable(str(exc)) from exc


def _objects(base: bytes, whole: bytes) -> tuple[dict[int, Any], dict[int, tuple[int, int]]]:
    """All objects after the base, one after the other, without a gap."""
    came: dict[int, Any] = {}
    spans: dict[int, tuple[int, int]] = {}
    lexer = Lexer(whole, len(base))
    section = start_of(whole)
    if section < len(base):
        raise UpdateWrong(why="section")
    while True:
        lexer.skip()
        begin = lexer.position
        if begin == section and lexer.keyword(b"xref"):
            break
        ref, value, end = indirect(whole, begin)
        if isinstance(value, Stream):
            after = Lexer(whole, end + _length(value))
            if not (after.keyword(b"endstream") and after.keyword(b"endobj")):
                raise UpdateWrong(why="stream")
            end = after.position
        lexer.position = end
        if begin == section:
            break
        if ref.number in came or ref.generation != 0:
            raise UpdateWrong(why="object")
        came[ref.number], spans[ref.number] = value, (begin, end)
    return came, spans


def _length(stream: Stream) -> int:
    found = stream.values["Length"]
    if not isinstance(found, int) or found < 0:
        raise UpdateWrong(why="stream")
    return found


def _check_section(both: _Both, whole: bytes) -> None:
    section = read_section(whole, start_of(whole))
    said = {number: entry.where for number, entry in section.entries.items() if entry.kind == 1}
    said = {number: where for number, where in said.items() if where != start_of(whole)}
    if said != {number: span[0] for number, span in both.spans.items()}:
        raise UpdateWrong(why="section")
    if any(entry.kind == 2 or (entry.kind == 0 and number) for number, entry in section.entries.items()):
        raise UpdateWrong(why="section")
    trailer, old = section.trailer, both.base.trailer
    if set(trailer) - _TRAILER_KEYS or "Encrypt" in old:
        raise UpdateWrong(why="trailer")
    if trailer.get("Root") != old.get("Root") or trailer.get("Info") != old.get("Info"):
        raise UpdateWrong(why="trailer")
    if trailer.get("Prev") != both.base.start:
        raise UpdateWrong(why="trailer")


def _check(both: _Both, whole: bytes) -> Change:
    new = {number for number in both.came if not both.base.is_defined(number)}
    if new & both.base.undefined():
        raise UpdateWrong(why="number")
    if any(key in _FORBIDDEN for number in new for key in _keys(both.came[number])):
        raise UpdateWrong(why="action")
    signature = _only(number for number in new if _is(both.came[number], "Type", "Sig"))
    widget = _only(number for number in new if _is(both.came[number], "FT", "Sig"))
    hole = _check_signature(both, signature, whole)
    values = both.came[widget]
    if set(values) - _FIELD_KEYS or values.get("V") != Ref(signature, 0) or values.get("Subtype") != "Widget":
        raise UpdateWrong(why="field")
    if not isinstance(values.get("TU", b""), bytes):
        raise UpdateWrong(why="field")
    _check_drawing(both, values.get("AP"), new)
    filled = filling.find(both.came, new, resolve=both.base.resolve)
    # The lock is a new object like any other of the update.
    filling.check_locks(both.now(values.get("Lock")), both.came[signature].get("Reference"), filled=filled)
    for number in filled:
        _check_drawing(both, both.came[number]["AP"], new)
    allowed = set(filled)
    allowed |= _check_page(both, values, Ref(widget, 0)) | _check_form(both, Ref(widget, 0), values["T"])
    if set(both.came) - new - allowed:
        raise UpdateWrong(why="other")
    box = _box(both, values)
    written = tuple(sorted(filled.values()))
    return Change(_page_number(both.base, values["P"]), box, _shown(both, values, box), hole, values["T"], written)


def _check_signature(both: _Both, number: int, whole: bytes) -> tuple[int, int]:
    values = both.came[number]
    if set(values) - _SIGNATURE_KEYS or values.get("SubFilter") != SUBFILTER:
        raise UpdateWrong(why="signature")
    ranges = values.get("ByteRange")
    if not (isinstance(ranges, list) and len(ranges) == 4 and all(type(one) is int for one in ranges)):
        raise HoleWrong
    first, begin, end, rest = ranges
    low, high = both.spans[number]
    if first != 0 or not low < begin < end < high or end + rest != len(whole):
        raise HoleWrong
    if whole[begin : begin + 1] != b"<" or whole[end - 1 : end] != b">" or whole[begin + 1 : end - 1].strip(b"0"):
        raise HoleWrong
    key = whole[low:begin].rstrip(b"\0\t\n\f\r ")
    if not key.endswith(b"/Contents") or values.get("Contents") != bytes((end - begin - 2) // 2):
        raise HoleWrong
    return begin, end


def _check_drawing(both: _Both, appearance: Any, new: set[int]) -> None:
    """A form of its own, that draws with new objects only."""
    if appearance is None:
        return
    if set(appearance) != {"N"} or not isinstance(appearance["N"], Ref) or appearance["N"].number not in new:
        raise UpdateWrong(why="drawing")
    form = both.came[appearance["N"].number]
    if not isinstance(form, Stream) or set(form.values) - _DRAWING_KEYS or form.values.get("Subtype") != "Form":
        raise UpdateWrong(why="drawing")
    waiting, seen = list(_refs(form.values.get("Resources"))), set[int]()
    while waiting:
        ref = waiting.pop()
        if ref.number not in new:
            raise UpdateWrong(why="drawing")
        if ref.number not in seen:
            seen.add(ref.number)
            waiting += _refs(both.came[ref.number])


def _check_page(both: _Both, values: dict[str, Any], widget: Ref) -> set[int]:
    """The page is as it was but for one more annotation; gives the numbers that may have changed."""
    ref = values["P"]
    old, new = both.base.resolve(ref), both.now(ref)
    if not isinstance(old, dict) or old.get("Type") != "Page" or _without(old, "Annots") != _without(new, "Annots"):
        raise UpdateWrong(why="page")
    before = both.base.resolve(old.get("Annots")) or []
    if both.now(new.get("Annots")) != [*before, widget]:
        raise UpdateWrong(why="page")
    return {ref.number, *_numbers(old.get("Annots"))}


def _check_form(both: _Both, widget: Ref, name: Any) -> set[int]:
    """The form is as it was but for one more field; gives the numbers that may have changed."""
    root = both.base.trailer["Root"]
    old, new = both.base.resolve(root), both.now(root)
    if _without(old, *_CATALOGUE_KEYS) != _without(new, *_CATALOGUE_KEYS):
        raise UpdateWrong(why="catalogue")
    had, has = both.base.resolve(old.get("AcroForm")), both.now(new.get("AcroForm"))
    if had is not None and isinstance(old["AcroForm"], Ref) and new["AcroForm"] != old["AcroForm"]:
        raise UpdateWrong(why="form")
    if _without(had or {}, *_FORM_KEYS, "NeedAppearances") != _without(has, *_FORM_KEYS):
        raise UpdateWrong(why="form")
    fields = both.base.resolve((had or {}).get("Fields")) or []
    if both.now(has["Fields"]) != [*fields, widget]:
        raise UpdateWrong(why="form")
    names = [both.base.resolve(one).get("T") for one in fields]
    if not isinstance(name, bytes) or b"." in name or name in names:
        raise UpdateWrong(why="name")
    return {root.number, *_numbers(old.get("AcroForm")), *_numbers((had or {}).get("Fields"))}


def _box(both: _Both, values: dict[str, Any]) -> Box:
    left, bottom, right, top = (float(side) for side in values["Rect"])
    media = _sides(both.base, values["P"], "MediaBox")
    area = abs((media[2] - media[0]) * (media[3] - media[1]))
    if right < left or top < bottom or (right - left) * (top - bottom) > MAX_COVER * area:
        raise UpdateWrong(why="box")
    return left, bottom, right, top


def _shown(both: _Both, values: dict[str, Any], box: Box) -> Box:
    """As ISO 32000-2 § 14.11.2 has it: what is seen is where the crop box and the media box meet."""
    left, bottom, right, top = box
    if (right - left) * (top - bottom) == 0:
        return 0.0, 0.0, 0.0, 0.0
    if _inherited(both.base, values["P"], "Rotate", 0) % 360:
        # Where a mark stands on a page that is turned, nobody here has worked out: the server takes none either.
        raise UpdateWrong(why="box")
    media, crop = (_sides(both.base, values["P"], key) for key in ("MediaBox", "CropBox"))
    x, y = max(min(crop[0], crop[2]), min(media[0], media[2])), min(max(crop[1], crop[3]), max(media[1], media[3]))
    return left - x, y - top, right - x, y - bottom


def _sides(base: PdfFile, page: Any, key: str) -> Box:
    otherwise = _LETTER if key == "MediaBox" else _inherited(base, page, "MediaBox", _LETTER)
    found = [float(base.resolve(side)) for side in _inherited(base, page, key, otherwise)]
    return found[0], found[1], found[2], found[3]


def _inherited(base: PdfFile, page: Any, key: str, otherwise: Any) -> Any:
    node: Any = base.resolve(page)
    for _ in range(60):
        if node is None:
            break
        if key in node:
            return base.resolve(node[key])
        node = base.resolve(node.get("Parent"))
    return otherwise


def _page_number(base: PdfFile, wanted: Ref) -> int:
    """By the tree of pages, in the order in which they are shown."""
    waiting: list[Any] = [base.resolve(base.trailer["Root"])["Pages"]]
    number = 0
    for _ in range(_MAX_PAGES):
        if not waiting:
            break
        ref = waiting.pop()
        node = base.resolve(ref)
        if "Kids" in node:
            waiting += reversed(base.resolve(node["Kids"]))
            continue
        number += 1
        if ref == wanted:
            return number
    raise UpdateWrong(why="page")


def _is(value: Any, key: str, word: str) -> bool:
    return isinstance(value, dict) and isinstance(value.get(key), Name) and value[key] == word


def _only(numbers: Iterator[int]) -> int:
    found = list(numbers)
    if len(found) != 1:
        raise UpdateWrong(why="signature")
    return found[0]


def _without(values: Any, *keys: str) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise UpdateWrong(why="object")
    return {key: value for key, value in values.items() if key not in keys}


def _numbers(value: Any) -> list[int]:
    return [value.number] if isinstance(value, Ref) else []


def _walk(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        yield found
        inner = found.values if isinstance(found, Stream) else found
        if isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)


def _keys(value: Any) -> Iterator[str]:
    for found in _walk(value):
        inner = found.values if isinstance(found, Stream) else found
        if isinstance(inner, dict):
            yield from inner


def _refs(value: Any) -> list[Ref]:
    return [found for found in _walk(value) if isinstance(found, Ref)]
