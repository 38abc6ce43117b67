"""Where the visible mark of each signer will stand, decided when the round is opened: nobody is asked at the card.

Rules G12–G16: the text of the file says where (``anchors``); what is found is kept with the signer, picture included,
so that what was planned is what is drawn. Signing adds no text, so the places stay true for every later revision.

Usage::

    plan = plan_of(MarkWish(MarkKind.PICTURE, "CHÁNH VĂN PHÒNG", "Nguyễn Văn A"), texts, picture=png, earlier=[])
    plan.mark(now=now)            # a Mark, or None
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pages.model import PageText
from server.signing import anchors, appearance, issue, marks
from server.signing.errors import PictureMissing, SealAlone
from server.signing.issue import Part
from server.signing.model import Mark, Rect
from wire import canonical
from wire.fields import Fields

#: What a line of an attachment measures does not depend on the moment: all figures are of one width.
_SOME_MOMENT: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DEFAULT_SEAL_MM: Final = 36.0
MAX_NUMBER: Final = 99_999


class MarkKind(enum.StrEnum):
    """Nothing seen · the signature's picture · the agency's seal · a line of text on an attachment."""

    NONE = "none"
    PICTURE = "picture"
    SEAL = "seal"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class MarkWish:
    """What the secretary writes: lines of position and name, or the number for the line of text; ``choice`` from 0."""

    kind: MarkKind
    position: str = ""
    name: str = ""
    choice: int | None = None
    number: str = ""
    #: of a seal: number and date are given at its signing; ``first``: with which number the year's series goes on
    numbered: bool = False
    first: int = 0
    #: False: the paper has no line of the date, as minutes (G61)
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is filled into the fields of a paper at the agency's signature; ``year`` is printed, 0 when it is not."""

    parts: tuple[Part, ...]
    notation: str
    year: int = 0

    def written(self, number: int, day: dt.date) -> Mapping[Part, str]:
        """As :func:`server.signing.issue.values`."""
        return issue.written(self.parts, number=number, day=day, year=self.year)


@dataclass(frozen=True, slots=True)
class MarkPlan:
    """A wish with its place; ``rect`` is None for :attr:`MarkKind.NONE`."""

    wish: MarkWish
    page: int = 1
    rect: Rect | None = None
    picture: bytes | None = field(default=None, repr=False)
    numbering: Numbering | None = None

    def mark(self, *, now: dt.datetime) -> Mark | None:
        """What is drawn when somebody signs now."""
        if self.rect is None:
            return None
        if self.wish.kind is MarkKind.LINE:
            return Mark(self.page, self.rect, text=marks.attachment_text(self.wish.number, now))
        return Mark(self.page, self.rect, picture=self.picture)

    def to_bytes(self) -> bytes:
        """Canonical JSON, without the picture; lengths in thousandths of a point."""
        rect = self.rect
        sides = None if rect is None else [round(1000 * side) for side in (rect.x0, rect.y0, rect.x1, rect.y1)]
        value = {"page": self.page, "rect": sides, **_wish_value(self.wish)}
        return canonical.encode(value | ({} if self.numbering is None else {"numbering": _printed(self.numbering)}))

    @classmethod
    def from_bytes(cls, data: bytes, picture: bytes | None) -> MarkPlan:
        """What :meth:`to_bytes` gave."""
        fields = Fields(canonical.decode(data), "mark")
        sides = [side / 1000 for side in fields.items("rect", limit=4)] if fields.has("rect") else None
        numbering = _numbering(fields.object("numbering")) if fields.has("numbering") else None
        rect = None if sides is None else Rect(*sides)
        return cls(wish_of(fields), fields.number("page", low=1), rect, picture, numbering)


def wish_of(fields: Fields) -> MarkWish:
    """A wish in JSON; raises BadField."""
    kind = MarkKind(fields.choice("kind", frozenset(MarkKind)))
    return MarkWish(
        kind,
        position=fields.text("position", limit=200, empty=True) if fields.has("position") else "",
        name=fields.text("name", limit=200, empty=True) if fields.has("name") else "",
        choice=fields.number("choice", high=1000) if fields.has("choice") else None,
        number=fields.text("number", limit=60, empty=True) if fields.has("number") else "",
        numbered=fields.has("numbered") and fields.flag("numbered"),
        first=fields.number("first", high=MAX_NUMBER) if fields.has("first") else 0,
        dated=fields.flag("dated") if fields.has("dated") else True,
    )


def _printed(numbering: Numbering) -> dict[str, Any]:
    parts = [part.value for part in numbering.parts]
    return {"parts": parts, "notation": numbering.notation, "year": numbering.year}


def _numbering(fields: Fields) -> Numbering:
    parts = tuple(Part(name) for name in fields.items("parts", limit=len(Part)))
    return Numbering(
        parts,
        fields.text("notation", limit=issue.MAX_NOTATION),
        fields.number("year"),
    )


def plan_of(
    wish: MarkWish,
    texts: Sequence[PageText],
    *,
    picture: bytes | None,
    earlier: Sequence[MarkPlan],
    seal_mm: float = DEFAULT_SEAL_MM,
) -> MarkPlan:
    """The wish with its place.

    Raises AnchorMissing, AnchorTwice, NoRoomForMark, LettersMissing, PictureMissing, SealAlone; a seal that is
    ``numbered`` wants room for number and date on the first page: RoomMissing.
    """
    if wish.kind is MarkKind.NONE:
        return MarkPlan(wish, numbering=_numbering_of(wish, texts))
    if wish.kind is MarkKind.LINE:
        width = appearance.text_width(marks.attachment_text(wish.number, _SOME_MOMENT))
        return MarkPlan(wish, 1, marks.line_rect(texts[0], width=width + 2))
    if picture is None:
        raise PictureMissing
    if wish.kind is MarkKind.SEAL:
        return _seal(wish, texts, picture=picture, earlier=earlier, seal_mm=seal_mm)
    size = appearance.check_picture(picture, colour="blue")
    place = anchors.chosen(anchors.places(texts, position=wish.position, name=wish.name), choice=wish.choice)
    rect = marks.signature_rect(place, picture_size=size)
    return MarkPlan(wish, place.page, marks.fitting(rect, texts[place.page - 1], number=place.page), picture)


def _seal(
    wish: MarkWish, texts: Sequence[PageText], *, picture: bytes, earlier: Sequence[MarkPlan], seal_mm: float
) -> MarkPlan:
    """Over the last picture before it, or over that of the lines the wish names."""
    appearance.check_picture(picture, colour="red")
    under = [one for one in earlier if one.wish.kind is MarkKind.PICTURE and one.rect is not None]
    if wish.position:
        under = [one for one in under if (one.wish.position, one.wish.name) == (wish.position, wish.name)]
    if not under or under[-1].rect is None:
        raise SealAlone
    page = under[-1].page
    rect = marks.seal_rect(under[-1].rect, diameter_mm=seal_mm)
    room = marks.fitting(rect, texts[page - 1], number=page)
    return MarkPlan(wish, page, room, picture, _numbering_of(wish, texts))


def _numbering_of(wish: MarkWish, texts: Sequence[PageText]) -> Numbering | None:
    if not wish.numbered:
        return None
    found = issue.find(texts[0], dated=wish.dated)
    return Numbering(tuple(blank.part for blank in found.parts), found.notation, found.year)


def _wish_value(wish: MarkWish) -> dict[str, Any]:
    return {
        "kind": wish.kind.value,
        "position": wish.position,
        "name": wish.name,
        "choice": wish.choice,
        "number": wish.number,
        "numbered": wish.numbered,
        "first": wish.first,
        "dated": wish.dated,
    }
