"""Which part of the page the presenter sees: told to everybody who follows, kept by nobody (F1, W124).

Rules: a part is a box in whole ten-thousandths of the page's width and height, within the page, so that screens of any
size and shape can show the same. Like a pointer it is no event and no act of an outbox; unlike one it stands until the
next, and who presents says it again from time to time, so that a part that was lost is missed for seconds only.

Usage::

    View(meeting, person, Part(paper, page=3, x=0, y=2500, w=5000, h=4000))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.fields import Fields
from wire.messages.head import print_paper, read_paper
from wire.messages.pointing import MAX_PAGE, SCALE
from wire.topics import PaperVersion

#: The kind of act by which a seat says it.
KIND: Final = "view"
#: A fiftieth of a page across: nobody reads along in less.
LEAST: Final = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A box on a page: its first corner, width and height."""

    paper: PaperVersion
    page: int
    x: int
    y: int
    w: int
    h: int

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {**print_paper(self.paper), "page": self.page, "x": self.x, "y": self.y, "w": self.w, "h": self.h}

    @classmethod
    def read(cls, fields: Fields) -> Part:
        """Read and check; the caller ends the fields. Raises BadField for a box that is not within the page."""
        paper, page = read_paper(fields), fields.number("page", low=1, high=MAX_PAGE)
        x, y = (fields.number(key, high=SCALE - LEAST) for key in ("x", "y"))
        w, h = (fields.number(key, low=LEAST, high=SCALE - corner) for key, corner in (("w", x), ("h", y)))
        return cls(paper, page, x, y, w, h)


@dataclass(frozen=True, slots=True)
class View:
    """Server → room: the presenter sees that part (sealed under the epoch)."""

    TYPE: ClassVar[str] = "view"
    meeting: str
    person: str
    place: Part

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"meeting": self.meeting, "person": self.person, **self.place.to_value()}

    @classmethod
    def read(cls, fields: Fields) -> View:
        """Read and check."""
        return cls(fields.id("meeting", "m"), fields.id("person", "u"), Part.read(fields))
