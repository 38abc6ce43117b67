"""Who may read which figures (RP3), and for which unit somebody counts (RP4).

Rules: pure, of this moment. RP3 Secretaries, auditors and who heads the one unit at the top (or is its deputy) read of
the whole house. Who heads another unit reads what its people, and those of the units below it, did – attendance, turns,
papers, never votes; chair and secretary of a meeting read all of that meeting. Everybody else reads nothing. Nobody
learns from figures of an item that they have to leave or may not know of. RP4 Somebody counts for the unit whose name
they had on the day; where no unit is called that any more, for the one they are in now.

Usage::

    sight = sight_of(tree, "u-…", sees_all=False, leads={"m-…"})
    Groups(tree, {"u-…": "o-…"}).of("u-…", "Phòng 1").id
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from server.units.model import Tree, folded


@dataclass(frozen=True, slots=True)
class Sight:
    """``house``: everything; ``units``: those one leads, with what is below; ``leads``: meetings one leads."""

    person: str
    house: bool
    sees_all: bool
    units: frozenset[str]
    leads: frozenset[str]

    @property
    def is_nothing(self) -> bool:
        """No report is for them."""
        return not (self.house or self.units or self.leads)


def sight_of(tree: Tree, person: str, *, sees_all: bool, leads: Collection[str]) -> Sight:
    """``sees_all``: a secretary or an auditor by their account."""
    led = [each for _, each in tree.ordered() if each.is_open and (each.head == person or person in each.deputies)]
    tops = [each for each in tree.children(None) if each.is_open]
    # Several units side by side at the top: nobody of them leads the others.
    whole = sees_all or (len(tops) == 1 and tops[0] in led)
    below = frozenset(each.id for unit in led for each in tree.below(unit.id))
    return Sight(person, whole, sees_all, below, frozenset(leads))


class Group(NamedTuple):
    """For what somebody counts. ``id``: a unit's; empty where the house has none of that name any more."""

    id: str
    name: str


class Groups:
    """Finds the unit of a person on a day; the same question has the same answer, so it is asked once."""

    def __init__(self, tree: Tree, now: Mapping[str, str | None]) -> None:
        self._tree: Final = tree
        self._now: Final = now
        self._labels: Final = tree.labels()
        self._known: Final[dict[tuple[str, str], Group]] = {}
        self._named: Final[dict[str, set[str]]] = {}
        for unit in tree.units:
            living = tree.living(unit.id)
            self._named.setdefault(folded(unit.name), set()).add(unit.id if living is None else living.id)

    def of(self, person: str, unit: str) -> Group:
        """By what stands in the log of the day."""
        key = (person, unit)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(person, unit)
        return found

    def label(self, unit: str) -> str:
        """As screens name it."""
        return self._labels.get(unit, "")

    def _find(self, person: str, unit: str) -> Group:
        if not unit.strip():
            return Group("", "")
        living = self._tree.living(self._now.get(person))
        named = self._named.get(folded(unit), set())
        if len(named) == 1:
            ident = next(iter(named))
        elif living is not None and (living.id in named or not named):
            ident = living.id
        else:
            return Group("", unit)
        return Group(ident, self._labels.get(ident, unit))
