"""What somebody is to a task: giver, desk, lead, head, part, or nothing (TK2, TK3).

Rules: pure; of this moment: the tree of units, the accounts in use and one's roles in meetings are handed in. A unit
that was merged is the one that took it in. Heads of the units above the one that leads read: what their house is asked.
Whoever has to leave the item a task came from, or as a member may not know of it, neither reads it so nor prepares it;
what somebody gave, leads or takes part in stays theirs.

Usage::

    sides(task, Seat("u-…", roles={"m-…": MemberRole.CHAIR}), house)
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from typing import Final

from server.tasks.model import Party, PartyKind, Side, Task
from server.units.model import Tree, Unit
from wire.state import MemberRole

#: Longer chains of mergers are a circle.
_MERGERS: Final = 20


@dataclass(frozen=True, slots=True)
class House:
    """Units and people. ``names``: of all accounts; ``places``: in which unit each is; ``active``: who may sign in."""

    tree: Tree = field(default_factory=Tree)
    names: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str | None] = field(default_factory=dict)
    active: Collection[str] = frozenset()

    def unit(self, ident: str) -> Unit | None:
        """The unit, or the one it was merged into."""
        found = self.tree.find(ident)
        for _ in range(_MERGERS):
            if found is None or found.is_open or found.into is None:
                break
            found = self.tree.find(found.into)
        return found

    def unit_of(self, who: Party) -> Unit | None:
        """The unit itself, or the one a person is in."""
        place = who.id if who.kind is PartyKind.UNIT else self.places.get(who.id)
        return None if place is None else self.unit(place)

    def name(self, who: Party) -> str:
        """As a screen shows it."""
        if who.kind is PartyKind.PERSON:
            return self.names.get(who.id, "")
        found = self.unit(who.id)
        return "" if found is None else found.name

    def head(self, who: Party) -> str | None:
        """Who heads a unit; nobody of a person."""
        found = self.unit(who.id) if who.kind is PartyKind.UNIT else None
        return None if found is None else found.head

    def answers(self, task: Task) -> str | None:
        """The person who acts for the lead (TK3)."""
        lead = task.giving.lead
        if lead.kind is PartyKind.PERSON:
            return lead.id
        named = task.answers
        return named if named is not None and self.is_nameable(named, lead) else self.head(lead)

    def is_nameable(self, person: str, lead: Party) -> bool:
        """Whether the head of the unit that leads may name the person: an account in use, in the unit or below it."""
        unit = self.unit_of(lead)
        if unit is None or person not in self.active:
            return False
        return any(each.id == unit.id for each in self.tree.above(self.places.get(person)))

    def can_answer(self, who: Party) -> bool:
        """Whether somebody would be there: an account in use, or an open unit with a head that is."""
        if who.kind is PartyKind.PERSON:
            return who.id in self.active
        found = self.tree.find(who.id)
        return found is not None and found.is_open and found.head in self.active


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. ``roles``: theirs in meetings; ``prepares``: the secretary's role on this server; ``taken``: tasks that
    stand in the agenda of a meeting they lead; ``barred``: meetings with items they have to leave or may not know of.
    """

    person: str
    roles: Mapping[str, MemberRole] = field(default_factory=dict)
    prepares: bool = False
    taken: Collection[str] = frozenset()
    barred: Container[tuple[str, str]] = frozenset()


def sides(task: Task, asker: Asker, house: House) -> frozenset[Side]:
    """Everything somebody is to a task; nothing: they may not know of it."""
    found = set()
    role = None if task.meeting is None else asker.roles.get(task.meeting)
    if asker.person == task.giver or role is MemberRole.CHAIR:
        found.add(Side.GIVER)
    if role is MemberRole.SECRETARY or (asker.prepares and task.meeting is not None and not _is_barred(task, asker)):
        found.add(Side.DESK)
    if house.answers(task) == asker.person:
        found.add(Side.LEAD)
    if house.head(task.giving.lead) == asker.person:
        found.add(Side.HEAD)
    if any(_is_of(each, asker.person, house) for each in task.giving.helpers):
        found.add(Side.HELPER)
    reads = not found and (task.id in asker.taken or _reads(task, asker.person, house))
    if reads and not _is_barred(task, asker):
        found.add(Side.READER)
    return frozenset(found)


def _is_barred(task: Task, asker: Asker) -> bool:
    return task.meeting is not None and task.item is not None and (task.meeting, task.item) in asker.barred


def _is_of(who: Party, person: str, house: House) -> bool:
    if who.kind is PartyKind.PERSON:
        return who.id == person
    unit = house.unit(who.id)
    return unit is not None and (unit.head == person or person in unit.deputies)


def _reads(task: Task, person: str, house: House) -> bool:
    """Deputies of the unit that leads, and who heads a unit above."""
    unit = house.unit_of(task.giving.lead)
    if unit is None:
        return False
    own = task.giving.lead.kind is PartyKind.UNIT and person in unit.deputies
    return own or any(each.head == person for each in house.tree.above(unit.id))
