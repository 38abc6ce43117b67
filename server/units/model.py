"""Units of the house and the tree they form.

Rules, pure:

- A unit has a code of its own and a name that no other open unit below the same parent has. Both are compared in NFC
  without regard to capitals, and blanks count once.
- It lies below an open unit or at the top, never below itself, at most :data:`DEEPEST` deep.
- It is closed when nobody and no open unit is in it any more, or by being merged into another, which takes both. It is
  never deleted: what was written of it stays readable. It may be opened again.
- A path is the names from the top, ``Viện A / Vụ 1 / Phòng 2``.

Usage::

    tree = Tree(units)
    Names(tree).unit("Vụ 1 / Phòng 2")    # or its code, or its id
    [each.id for each in tree.below("o-…")]
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from server.units.errors import BadUnit, NoSuchUnit, TooManyUnits, UnitBelowItself, UnitClosed, UnitTaken
from wire import canonical

MAX_CODE: Final = 20
MAX_NAME: Final = 200
MAX_DEPUTIES: Final = 12
MOST: Final = 2_000
DEEPEST: Final = 8
#: Longer chains of mergers are a circle.
_MERGERS: Final = 20
BETWEEN: Final = " / "
_CODE: Final = re.compile(r"\w[\w.-]{0,19}")


@dataclass(frozen=True, slots=True)
class Unit:
    """``parent``: None at the top. ``place``: its number among its brothers. ``head``, ``deputies``: people.

    ``into``: the unit it was merged into.
    """

    id: str
    code: str
    name: str
    parent: str | None = None
    place: int = 0
    head: str | None = None
    deputies: tuple[str, ...] = ()
    closed_at: dt.datetime | None = None
    into: str | None = None
    revision: int = 1

    @property
    def is_open(self) -> bool:
        """Whether people may be put into it."""
        return self.closed_at is None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "parent": self.parent,
            "head": self.head,
            "deputies": list(self.deputies),
            "closed": not self.is_open,
            "into": self.into,
            "revision": self.revision,
        }


def tidy(text: str) -> str:
    """A name or code as it is kept: NFC, one blank between words."""
    return " ".join(canonical.normal(text).split())


def folded(text: str) -> str:
    """As names and codes are compared."""
    return tidy(text).casefold()


@dataclass(frozen=True, slots=True)
class Tree:
    """All units of the house, closed ones too."""

    units: Sequence[Unit] = ()
    _by_id: dict[str, Unit] = field(init=False, repr=False, default_factory=dict)
    _children: dict[str | None, list[Unit]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for unit in sorted(self.units, key=lambda each: (each.place, each.name, each.id)):
            self._by_id[unit.id] = unit
            self._children.setdefault(unit.parent, []).append(unit)

    def unit(self, ident: str) -> Unit:
        """By id; raises NoSuchUnit."""
        found = self._by_id.get(ident)
        if found is None:
            raise NoSuchUnit(unit=ident)
        return found

    def find(self, ident: str | None) -> Unit | None:
        """By id, None when there is none."""
        return None if ident is None else self._by_id.get(ident)

    def living(self, ident: str | None) -> Unit | None:
        """The open unit that this one is, or was merged into; None when there is none any more."""
        found = self.find(ident)
        for _ in range(_MERGERS):
            if found is None or found.is_open:
                return found
            found = self.find(found.into)
        return None

    def children(self, parent: str | None) -> Sequence[Unit]:
        """Right below a unit, or at the top, in their order."""
        return self._children.get(parent, [])

    def below(self, ident: str) -> Iterator[Unit]:
        """The unit itself and everything below it, from the top."""
        yield self.unit(ident)
        for child in self.children(ident):
            yield from self.below(child.id)

    def ordered(self) -> Iterator[tuple[int, Unit]]:
        """All, each after its parent, with how deep it lies (0 at the top)."""
        yield from self._ordered(None, 0)

    def _ordered(self, parent: str | None, depth: int) -> Iterator[tuple[int, Unit]]:
        for unit in self.children(parent):
            yield depth, unit
            yield from self._ordered(unit.id, depth + 1)

    def above(self, ident: str | None) -> list[Unit]:
        """The unit and those it lies in, from the top; empty without one."""
        found: list[Unit] = []
        unit = self.find(ident)
        while unit is not None:
            found.insert(0, unit)
            unit = self.find(unit.parent)
        return found

    def path(self, ident: str | None) -> str:
        """The names from the top."""
        return BETWEEN.join(each.name for each in self.above(ident))

    def labels(self) -> dict[str, str]:
        """Every unit by its name, or by its path where another unit is called the same; merged ones are left out."""
        known = [each for each in self.units if each.into is None]
        names = Counter(folded(each.name) for each in known)
        return {each.id: each.name if names[folded(each.name)] == 1 else self.path(each.id) for each in known}

    def led_by(self, person: str) -> list[Unit]:
        """The open units that somebody heads."""
        return [each for _, each in self.ordered() if each.is_open and each.head == person]

    def check(self, unit: Unit) -> None:
        """Raise what stands against keeping ``unit`` as it is: code, name, parent.

        BadUnit, TooManyUnits, UnitTaken, NoSuchUnit, UnitClosed, UnitBelowItself.
        """
        if _CODE.fullmatch(unit.code) is None or not 0 < len(unit.name) <= MAX_NAME or unit.name.strip("/ ") == "":
            raise BadUnit
        others = [each for each in self.units if each.id != unit.id]
        if len(others) >= MOST:
            raise TooManyUnits(most=MOST)
        for other in others:
            same_name = other.is_open and other.parent == unit.parent and folded(other.name) == folded(unit.name)
            if folded(other.code) == folded(unit.code) or (unit.is_open and same_name):
                raise UnitTaken(name=other.name, unit_code=other.code)
        if unit.parent is not None:
            self._check_parent(unit, self.unit(unit.parent))

    def _check_parent(self, unit: Unit, parent: Unit) -> None:
        if unit.is_open and not parent.is_open:
            raise UnitClosed(name=parent.name)
        above = self.above(parent.id)
        if any(each.id == unit.id for each in above) or len(above) + self._height(unit.id) > DEEPEST:
            raise UnitBelowItself(deepest=DEEPEST)

    def _height(self, ident: str) -> int:
        return 1 + max((self._height(child.id) for child in self.children(ident)), default=0)


class Names:
    """Open units by what people write: an id, a code, a path, the end of a path or a name. Many questions, one tree."""

    def __init__(self, tree: Tree) -> None:
        self._exact: Final[dict[str, list[Unit]]] = {}
        self._whole: Final[dict[str, list[Unit]]] = {}
        self._ends: Final[dict[str, list[Unit]]] = {}
        for _, unit in tree.ordered():
            if not unit.is_open:
                continue
            # A name with a slash in it has more steps than units.
            steps = _steps(tree.path(unit.id))
            for key in {unit.id, folded(unit.code)}:
                self._exact.setdefault(key, []).append(unit)
            self._whole.setdefault("/".join(steps), []).append(unit)
            for at in range(len(steps)):
                self._ends.setdefault("/".join(steps[at:]), []).append(unit)

    def unit(self, text: str) -> Unit:
        """The one that ``text`` names; raises NoSuchUnit, also when it names several (``Phòng 1``)."""
        for found in (
            self._exact.get(folded(text), []),
            self._whole.get("/".join(_steps(text)), []),
            self._ends.get("/".join(_steps(text)), []),
        ):
            if len(found) == 1:
                return found[0]
        raise NoSuchUnit(unit=tidy(text))


def _steps(text: str) -> list[str]:
    return [folded(step) for step in text.split("/") if step.strip()]
