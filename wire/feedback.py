"""A fault or a wish (báo lỗi, góp ý), as a console or a seat tells of it.

Rules W146: one reader for both: a seat looks at what was typed before it keeps the act, the server before it keeps the
words. What comes with them is named here and nothing else can: no paper, no name, no password (FB1).

Usage::

    said = read_said(Fields({"kind": "fault", "text": "Trang đứng yên"}, "body"))
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from wire.fields import Fields

#: The act of a seat.
SEND: Final = "feedback_send"
MAX_TEXT: Final = 4_000
MAX_ABOUT: Final = 300
#: What may come with it.
ABOUT: Final = ("page", "seat", "version", "at", "error", "browser", "screen", "language")


class Kind(enum.StrEnum):
    """lỗi · góp ý."""

    FAULT = "fault"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sends."""

    kind: Kind
    text: str
    about: dict[str, str] = field(default_factory=dict)


def read_said(fields: Fields) -> Said:
    """A body, or the data of an act; raises BadField."""
    kind = Kind(fields.choice("kind", frozenset(Kind)))
    text = fields.text("text", limit=MAX_TEXT).strip()
    about: dict[str, str] = {}
    if fields.has("about"):
        told = fields.object("about")
        about = {name: told.text(name, limit=MAX_ABOUT) for name in ABOUT if told.has(name)}
        told.end()
    fields.end()
    return Said(kind, text, about)
