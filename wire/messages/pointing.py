"""Where the presenter points on the page: told to everybody who follows, kept by nobody (F1, W110).

Rules: a place is whole ten-thousandths of the page's width and height as it is shown. It is of one page of one paper
version; whoever shows another page shows no pointer. It is no event and no act of an outbox: the newest counts, one
that is lost is missed by nobody, and without a new one it is gone after a moment.

Usage::

    Point(meeting, person, paper, page=3, at=(5000, 1200))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.fields import Fields
from wire.messages.head import print_paper, read_paper
from wire.topics import PaperVersion

#: The kind of act by which a seat says it.
KIND: Final = "point"
SCALE: Final = 10_000
MAX_PAGE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a page."""

    paper: PaperVersion
    page: int
    x: int
    y: int

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {**print_paper(self.paper), "page": self.page, "x": self.x, "y": self.y}

    @classmethod
    def read(cls, fields: Fields) -> Place:
        """Read and check; the caller ends the fields."""
        return cls(
            read_paper(fields),
            fields.number("page", low=1, high=MAX_PAGE),
            fields.number("x", high=SCALE),
            fields.number("y", high=SCALE),
        )


@dataclass(frozen=True, slots=True)
class Point:
    """Server → room: the presenter points there (sealed under the epoch)."""

    TYPE: ClassVar[str] = "point"
    meeting: str
    person: str
    place: Place

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"meeting": self.meeting, "person": self.person, **self.place.to_value()}

    @classmethod
    def read(cls, fields: Fields) -> Point:
        """Read and check."""
        return cls(fields.id("meeting", "m"), fields.id("person", "u"), Place.read(fields))
