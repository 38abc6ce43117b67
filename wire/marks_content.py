"""What a mark is, for the seat that has opened its box: highlight, ink or note, on one page of one paper (P8, W98).

Rules: places are whole ten-thousandths of the page's width and height as it is shown, so a mark stands where it stood
at any zoom and however the page is turned in its file. ``anchor`` is the text beside it, with the box of that text: a
new version of the paper is searched for it. ``since`` is the version it was made on, when that is another one.

Usage::

    read_content(value)          # the value itself when it is a mark; raises BadField
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from wire import canonical
from wire.errors import BadField
from wire.fields import Fields
from wire.manifest import MAX_PAGES
from wire.marks import MAX_CONTENT_BYTES
from wire.topics import MAX_VERSION

HIGHLIGHT: Final = "highlight"
INK: Final = "ink"
NOTE: Final = "note"
COLORS: Final = frozenset({"amber", "red", "blue"})
#: A page is so wide and so high.
SIDE: Final = 10_000
MAX_NOTE: Final = 4_000
MAX_ANCHOR: Final = 200
MAX_RECTS: Final = 200
MAX_STROKES: Final = 32
MAX_POINTS: Final = 2_000
#: A pen's width, in ten-thousandths of the page's width.
MAX_WIDTH: Final = 400
MAX_PRESSURE: Final = 255
_RECT: Final = 4


def read_content(value: Any) -> dict[str, Any]:
    """``value`` when it is a mark's content; raises :class:`wire.errors.BadField`."""
    fields = Fields(value, "content")
    kind = fields.choice("kind", frozenset(_SHAPES))
    fields.id("paper", "p")
    fields.number("version", low=1, high=MAX_VERSION)
    fields.number("page", low=1, high=MAX_PAGES)
    fields.choice("color", COLORS)
    if fields.has("since"):
        fields.number("since", low=1, high=MAX_VERSION)
    if fields.has("anchor"):
        _anchor(fields.object("anchor"))
    _SHAPES[kind](fields)
    fields.end()
    found: dict[str, Any] = value
    if len(canonical.encode(found)) > MAX_CONTENT_BYTES:
        raise BadField("content", f"is longer than {MAX_CONTENT_BYTES} bytes")
    return found


def _anchor(fields: Fields) -> None:
    fields.text("text", limit=MAX_ANCHOR)
    _rect("anchor.box", fields.items("box", limit=_RECT))
    fields.end()


def _highlight(fields: Fields) -> None:
    rects = fields.items("rects", limit=MAX_RECTS)
    if not rects:
        raise BadField("content.rects", "is empty")
    for rect in rects:
        _rect("content.rects", rect)


def _ink(fields: Fields) -> None:
    fields.number("width", low=1, high=MAX_WIDTH)
    strokes = fields.objects("strokes", limit=MAX_STROKES)
    if not strokes:
        raise BadField("content.strokes", "is empty")
    if sum(_stroke(stroke) for stroke in strokes) > MAX_POINTS:
        raise BadField("content.strokes", f"has more than {MAX_POINTS} points")


def _stroke(fields: Fields) -> int:
    xy = fields.items("xy", limit=2 * MAX_POINTS)
    if not xy or len(xy) % 2:
        raise BadField("stroke.xy", "is no list of places")
    _numbers("stroke.xy", xy, high=SIDE)
    if fields.has("pressure"):
        pressure = fields.items("pressure", limit=MAX_POINTS)
        if 2 * len(pressure) != len(xy):
            raise BadField("stroke.pressure", "is not one a point")
        _numbers("stroke.pressure", pressure, high=MAX_PRESSURE)
    fields.end()
    return len(xy) // 2


def _note(fields: Fields) -> None:
    _numbers("content.at", fields.items("at", limit=2), high=SIDE, count=2)
    fields.text("text", limit=MAX_NOTE)


def _rect(path: str, value: Any) -> None:
    if not isinstance(value, list):
        raise BadField(path, "is no rectangle")
    _numbers(path, value, high=SIDE, count=_RECT)
    x0, y0, x1, y1 = value
    if x0 > x1 or y0 > y1:
        raise BadField(path, "is inside out")


def _numbers(path: str, values: list[Any], *, high: int, count: int | None = None) -> None:
    if count is not None and len(values) != count:
        raise BadField(path, f"does not have {count} numbers")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
            raise BadField(path, f"holds what is no whole number within 0 … {high}")


_SHAPES: Final[dict[str, Callable[[Fields], None]]] = {HIGHLIGHT: _highlight, INK: _ink, NOTE: _note}
