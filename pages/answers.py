"""What the rendering process says, checked: it has read a file that a stranger made.

Rules: anything that is not of the promised shape is a :class:`RenderFailed`.

Usage::

    page_text({"width": 595, "height": 842, "words": []})
"""

from __future__ import annotations

import math
from typing import Any

from pages.errors import RenderFailed
from pages.model import Hit, Outline, OutlineEntry, PageText, Word


def webp(data: bytes) -> bytes:
    """``data`` when it is a WebP file."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise RenderFailed("not a picture")
    return data


def page_text(value: Any) -> PageText:
    """The words of a page."""
    found = _object(value)
    return PageText(
        width=_length(found.get("width")),
        height=_length(found.get("height")),
        words=tuple(_word(entry) for entry in _list(found.get("words"))),
    )


def hits(value: Any) -> list[Hit]:
    """What a search found."""
    return [_hit(entry) for entry in _list(value)]


def outline(value: Any) -> Outline:
    """Sizes and bookmarks."""
    found = _object(value)
    return Outline(
        sizes=tuple(_size(entry) for entry in _list(found.get("sizes"))),
        entries=tuple(_entry(_object(entry)) for entry in _list(found.get("entries"))),
    )


def _word(value: Any) -> Word:
    x0, y0, x1, y1, text = _list(value, length=5)
    return Word(_length(x0), _length(y0), _length(x1), _length(y1), _text(text))


def _hit(value: Any) -> Hit:
    page, count, excerpt = _list(value, length=3)
    return Hit(_number(page), _number(count), _text(excerpt))


def _size(value: Any) -> tuple[float, float]:
    width, height = _list(value, length=2)
    return _length(width), _length(height)


def _entry(value: dict[str, Any]) -> OutlineEntry:
    return OutlineEntry(_text(value.get("title")), _number(value.get("page")), _number(value.get("level")))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RenderFailed("not an object")
    return value


def _list(value: Any, *, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise RenderFailed("not a list of the right length")
    return value


def _length(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RenderFailed("not a length")
    return round(float(value), 2)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RenderFailed("not a number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise RenderFailed("not text")
    # A half of a surrogate pair would break the first encoder it meets.
    return value.encode("utf-8", errors="ignore").decode("utf-8")
