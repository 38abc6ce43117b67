"""Finds where a signature belongs: between the line of the position and the line of the name (NĐ 30/2020, ô 7c).

Rules G12-G14: only the text says where, never coordinates. Words are compared in NFC without case and without marks of
punctuation around them, one after the other on one line, so that two columns side by side do not mix; what is too long
for its column may go on in a second line right below. A place is a name below a position, roughly in one column, with
room between. No place, or more than one, is for a person to decide.

Usage::

    place = chosen(places(texts, position="PHÓ VIỆN TRƯỞNG", name="Nguyễn Văn A"), choice=None)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pages.model import PageText, Word
from server.signing.errors import AnchorMissing, AnchorTwice
from server.signing.model import MM, Rect

#: A signature needs at least this much between the two lines, and they belong together up to the other.
MIN_GAP: Final = 8 * MM
MAX_GAP: Final = 70 * MM
#: How far the middles of the two lines may lie apart.
MAX_ASIDE: Final = 30 * MM
_AROUND: Final = " .,;:()[]“”\"'…-–"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature may stand: ``position`` and ``name`` are the boxes of the two lines."""

    page: int
    position: Rect
    name: Rect

    @property
    def room(self) -> Rect:
        """Between the two lines, as wide as the wider of them at least."""
        left, right = min(self.position.x0, self.name.x0), max(self.position.x1, self.name.x1)
        return Rect(left, self.position.y1, right, self.name.y0)


def places(texts: Sequence[PageText], *, position: str, name: str) -> list[Place]:
    """All places in the file, in reading order; raises AnchorMissing."""
    pages, wanted = [list(_lines(text.words)) for text in texts], (_words(position), _words(name))
    # A name on one line somewhere else is no reason not to look for it broken where it is signed.
    seen = False
    for boxes in (_whole, _broken):
        found = []
        for number, lines in enumerate(pages, start=1):
            positions, names = (list(boxes(lines, words)) for words in wanted)
            seen = seen or bool(positions)
            found += [Place(number, above, below) for below in names if (above := _above(below, positions)) is not None]
        if found:
            return found
    raise AnchorMissing(line=name if seen else position)


def chosen(found: Sequence[Place], *, choice: int | None) -> Place:
    """The only place, or the one a person chose by its number (from 0); raises AnchorTwice with the choices."""
    if choice is not None and 0 <= choice < len(found):
        return found[choice]
    if len(found) == 1 and choice is None:
        return found[0]
    choices = [{"page": one.page, "top": round(one.position.y0)} for one in found]
    raise AnchorTwice(choices=choices, count=len(found))


def _above(name: Rect, positions: Sequence[Rect]) -> Rect | None:
    """The nearest line of the position above the name that leaves room for a signature."""
    fitting = [
        box
        for box in positions
        if MIN_GAP <= name.y0 - box.y1 <= MAX_GAP and abs(box.middle[0] - name.middle[0]) <= MAX_ASIDE
    ]
    return max(fitting, key=lambda box: box.y1, default=None)


def _words(text: str) -> list[str]:
    folded = (_fold(word) for word in text.split())
    return [word for word in folded if word]


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().strip(_AROUND)


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words whose middles lie within half a letter's height of each other, from left to right."""
    line: list[Word] = []
    for word in sorted(words, key=lambda one: one.y0 + one.y1):
        if line and abs(_middle(word) - _middle(line[0])) > (line[0].y1 - line[0].y0) / 2:
            yield sorted(line, key=lambda one: one.x0)
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda one: one.x0)


def _middle(word: Word) -> float:
    return (word.y0 + word.y1) / 2


def _whole(lines: Sequence[Sequence[Word]], wanted: Sequence[str]) -> Iterator[Rect]:
    """Where the words stand on one line."""
    return (box for line in lines for box in _find(line, wanted))


def _broken(lines: Sequence[Sequence[Word]], wanted: Sequence[str]) -> Iterator[Rect]:
    """The same, and a beginning with the rest right below it, their middles above each other."""
    yield from _whole(lines, wanted)
    for cut in range(1, len(wanted)):
        beginnings = list(_whole(lines, wanted[:cut]))
        rests = list(_whole(lines, wanted[cut:])) if beginnings else []
        for first in beginnings:
            for rest in rests:
                if 0 < rest.y1 - first.y1 < 2 * first.height and abs(rest.middle[0] - first.middle[0]) < first.height:
                    yield Rect(min(first.x0, rest.x0), first.y0, max(first.x1, rest.x1), rest.y1)


def _find(line: Sequence[Word], wanted: Sequence[str]) -> Iterator[Rect]:
    """Where the words stand one after the other, and are not part of a longer run without a wide gap."""
    kept = [(word, folded) for word in line if (folded := _fold(word.text))]
    for start in range(len(kept) - len(wanted) + 1):
        part = kept[start : start + len(wanted)]
        if wanted and [folded for _, folded in part] == list(wanted) and _alone(kept, start, len(wanted)):
            boxes = [word for word, _ in part]
            yield Rect(boxes[0].x0, min(box.y0 for box in boxes), boxes[-1].x1, max(box.y1 for box in boxes))


def _alone(kept: Sequence[tuple[Word, str]], start: int, length: int) -> bool:
    """The line says this and no more: “Phó Viện trưởng” is not an anchor for “Viện trưởng”."""
    before = kept[start - 1][0] if start else None
    after = kept[start + length][0] if start + length < len(kept) else None
    first, last = kept[start][0], kept[start + length - 1][0]
    space = 1.5 * (first.y1 - first.y0)
    return (before is None or first.x0 - before.x1 > space) and (after is None or after.x0 - last.x1 > space)
