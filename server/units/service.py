"""Use cases of the tree of units, and what other features ask of it.

Rules: every change is an administrative act, in the record; it names the revision it was made of, so that of two who
edit the second sees what the first has written. Accounts carry the name of their unit, which changes with it.

Usage::

    units.people_of("o-…", now=now)      # who can sign in, in the unit and below
    units.unit_of("u-…")                  # None for somebody in no unit
    units.led_by("u-…")                   # the units somebody heads
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.errors import NoSuchPerson
from server.identity.model import Account
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from server.units.errors import NoSuchUnit, NotALeader, UnitBelowItself, UnitChanged, UnitClosed, UnitInUse
from server.units.model import DEEPEST, MAX_DEPUTIES, Names, Tree, Unit, tidy
from server.units.ports import Members, UnitStore
from wire import ids

ADDED: Final = "unit_added"
CHANGED: Final = "unit_changed"
MOVED: Final = "unit_moved"
CLOSED: Final = "unit_closed"
OPENED: Final = "unit_opened"
PLACED: Final = "account_placed"


@dataclass(frozen=True, slots=True)
class Description:
    """What an administrator says about a unit."""

    code: str
    name: str
    head: str | None = None
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, under which act, when."""

    actor: str
    act: str
    now: dt.datetime


class UnitService:
    """The tree. ``unused``: how long an account may lie still before it counts as disabled (I5)."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: UnitStore,
        *,
        members: Members,
        ledger: ActLedger,
        journal: Journal,
        unused: dt.timedelta,
        random: Callable[[int], bytes],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._members: Final = members
        self._ledger: Final = ledger
        self._journal: Final = journal
        self._unused: Final = unused
        self._random: Final = random

    # What others ask

    def tree(self) -> Tree:
        """All units."""
        with self._unit.read() as tx:
            return Tree(self._store.units(tx))

    def unit(self, unit: str) -> Unit:
        """By id, open or closed; raises NoSuchUnit."""
        return self.tree().unit(unit)

    def named(self, text: str) -> Unit:
        """The open unit that ``text`` names by id, code, path or name; raises NoSuchUnit."""
        return Names(self.tree()).unit(text)

    def unit_of(self, person: str) -> Unit | None:
        """Where somebody belongs; None for nobody, or somebody in no unit."""
        with self._unit.read() as tx:
            account = self._members.account(tx, person)
            return None if account is None else Tree(self._store.units(tx)).find(account.unit_id)

    def people_of(self, unit: str, *, now: dt.datetime, below: bool = True) -> Sequence[Account]:
        """Who can sign in and belongs to the unit, with those ``below`` it, by name; raises NoSuchUnit."""
        with self._unit.read() as tx:
            tree, accounts = Tree(self._store.units(tx)), self._members.accounts(tx)
        wanted = {each.id for each in tree.below(unit)} if below else {tree.unit(unit).id}
        return [each for each in accounts if each.unit_id in wanted and not each.is_disabled(now, self._unused)]

    def led_by(self, person: str) -> Sequence[Unit]:
        """The open units that somebody heads."""
        return self.tree().led_by(person)

    def listed(self, *, now: dt.datetime) -> list[dict[str, Any]]:
        """The whole tree for a screen: each unit after its parent, with ``depth``, ``path``, ``people`` (who can sign
        in and belongs to it alone), and its head and deputies as ``{id, name}``.
        """
        with self._unit.read() as tx:
            tree, accounts = Tree(self._store.units(tx)), self._members.accounts(tx)
        names = {each.id: each.name for each in accounts}
        counts = Counter(each.unit_id for each in accounts if not each.is_disabled(now, self._unused))
        return [
            {
                **each.to_value(),
                "depth": depth,
                "path": tree.path(each.id),
                "people": counts[each.id],
                "head": None if each.head is None else _named(each.head, names),
                "deputies": [_named(person, names) for person in each.deputies],
            }
            for depth, each in tree.ordered()
        ]

    # Changing the tree

    def add(self, told: Description, *, parent: str | None, by: By) -> dict[str, Any]:
        """A new unit, the last below ``parent``; gives it.

        Raises BadUnit, UnitTaken, NoSuchUnit, UnitClosed, UnitBelowItself, NotALeader, TooManyUnits, ActReused.
        """

        def add(tx: Transaction, tree: Tree) -> Unit:
            made = self._described(tx, Unit(ids.new("o", self._random(ids.RANDOM_BYTES)), "", ""), told, now=by.now)
            made = replace(made, parent=parent, place=_after_all(tree.children(parent)))
            tree.check(made)
            self._store.put(tx, made)
            self._journal.record(tx, ADDED, _told(made), actor=by.actor, now=by.now)
            return made

        return self._change(ADDED, {"parent": parent, **_content(told)}, by=by, do=add)

    def describe(self, unit: str, told: Description, *, revision: int, by: By) -> dict[str, Any]:
        """Give it another code, name, head or deputies; raises as :meth:`add`, and UnitChanged."""

        def describe(tx: Transaction, tree: Tree) -> Unit:
            known = _at(tree, unit, revision)
            made = self._described(tx, known, told, now=by.now)
            if made == known:
                return known
            made = replace(made, revision=known.revision + 1)
            tree.check(made)
            self._store.put(tx, made)
            if made.name != known.name:
                self._members.rename_unit(tx, unit, to=None, name=made.name)
            self._journal.record(tx, CHANGED, _told(made) | {"was": known.name}, actor=by.actor, now=by.now)
            return made

        content = {"unit": unit, "revision": revision, **_content(told)}
        return self._change(CHANGED, content, by=by, do=describe)

    def move(self, unit: str, *, parent: str | None, before: str | None, revision: int, by: By) -> dict[str, Any]:
        """Put it below ``parent``, in front of its brother ``before`` (None: last).

        Raises NoSuchUnit, UnitChanged, UnitTaken, UnitClosed, UnitBelowItself, ActReused.
        """

        def move(tx: Transaction, tree: Tree) -> Unit:
            known = _at(tree, unit, revision)
            brothers = [each for each in tree.children(parent) if each.id != unit]
            at = next((n for n, each in enumerate(brothers) if each.id == before), len(brothers))
            made = replace(known, parent=parent, place=at, revision=known.revision + 1)
            tree.check(made)
            for place, each in enumerate([*brothers[:at], made, *brothers[at:]]):
                self._store.put(tx, replace(each, place=place))
            self._journal.record(tx, MOVED, _told(made), actor=by.actor, now=by.now)
            return made

        content = {"unit": unit, "revision": revision, "parent": parent, "before": before}
        return self._change(MOVED, content, by=by, do=move)

    def close(self, unit: str, *, into: str | None, revision: int, by: By) -> dict[str, Any]:
        """Close it; with ``into``, its people and the units below it go there first.

        Raises NoSuchUnit, UnitChanged, UnitInUse (without ``into``), UnitClosed, UnitTaken, UnitBelowItself, ActReused.
        """

        def close(tx: Transaction, tree: Tree) -> Unit:
            known = _at(tree, unit, revision)
            inside = [each for each in tree.children(unit) if each.is_open]
            if into is not None:
                self._merge(tx, tree, known, into)
            else:
                people = [each for each in self._members.accounts(tx) if each.unit_id == unit]
                staying = [each for each in people if not each.is_disabled(by.now, self._unused)]
                if staying or inside:
                    raise UnitInUse(people=len(staying), units=len(inside))
            made = replace(known, closed_at=by.now, into=into, revision=known.revision + 1)
            self._store.put(tx, made)
            told = _told(made) if into is None else _told(made) | {"into": tree.unit(into).name}
            self._journal.record(tx, CLOSED, told, actor=by.actor, now=by.now)
            return made

        return self._change(CLOSED, {"unit": unit, "revision": revision, "into": into}, by=by, do=close)

    def open(self, unit: str, *, revision: int, by: By) -> dict[str, Any]:
        """Open a closed one again, empty as it was left; raises NoSuchUnit, UnitChanged, UnitTaken, UnitClosed."""

        def open_again(tx: Transaction, tree: Tree) -> Unit:
            known = _at(tree, unit, revision)
            if known.is_open:
                return known
            made = replace(known, closed_at=None, into=None, revision=known.revision + 1)
            tree.check(made)
            self._store.put(tx, made)
            self._journal.record(tx, OPENED, _told(made), actor=by.actor, now=by.now)
            return made

        return self._change(OPENED, {"unit": unit, "revision": revision}, by=by, do=open_again)

    def place(self, person: str, unit: str | None, *, by: By) -> None:
        """Somebody belongs there now (None: nowhere); raises NoSuchPerson, NoSuchUnit, UnitClosed, ActReused."""
        content = {"person": person, "unit": unit}
        with self._unit.begin() as tx:

            def place() -> dict[str, Any]:
                account = self._members.account(tx, person)
                if account is None:
                    raise NoSuchPerson(person=person)
                target = None if unit is None else Tree(self._store.units(tx, to_change=True)).unit(unit)
                if target is not None and not target.is_open:
                    raise UnitClosed(name=target.name)
                name = "" if target is None else target.name
                if (account.unit_id, account.unit) != (unit, name):
                    self._members.place_account(tx, person, unit_id=unit, unit=name)
                    told = {"person": person, "unit": name, "was": account.unit}
                    self._journal.record(tx, PLACED, told, actor=by.actor, now=by.now)
                return {}

            once(self._ledger, tx, ActKey(by.act, by.actor, PLACED, content), now=by.now, do=place)

    def named_or_made(self, name: str, *, by: By) -> Unit:
        """The unit of this name or path, or a new one at the top: for the server's own console, before anybody else
        could make one. Raises BadUnit, TooManyUnits.
        """
        try:
            return self.named(name)
        except NoSuchUnit:
            taken = {each.code for each in self.tree().units}
            code = next(code for code in (f"DV{n:02}" for n in range(1, len(taken) + 2)) if code not in taken)
            return self.unit(str(self.add(Description(code, name), parent=None, by=by)["id"]))

    def _merge(self, tx: Transaction, tree: Tree, unit: Unit, into: str) -> None:
        target = tree.unit(into)
        if not target.is_open:
            raise UnitClosed(name=target.name)
        # Its own name and height do not matter: it goes nowhere itself. What goes is looked at one by one.
        if any(each.id == unit.id for each in tree.above(into)):
            raise UnitBelowItself(deepest=DEEPEST)
        place = _after_all(tree.children(into))
        for at, child in enumerate(each for each in tree.children(unit.id) if each.is_open):
            moved = replace(child, parent=into, place=place + at, revision=child.revision + 1)
            tree.check(moved)
            self._store.put(tx, moved)
        self._members.rename_unit(tx, unit.id, to=into, name=target.name)

    def _described(self, tx: Transaction, unit: Unit, told: Description, *, now: dt.datetime) -> Unit:
        led = [*([told.head] if told.head else []), *told.deputies]
        if len(set(led)) != len(led) or len(told.deputies) > MAX_DEPUTIES:
            raise NotALeader(name="")
        for person in set(led) - {unit.head, *unit.deputies}:
            account = self._members.account(tx, person)
            if account is None or account.is_disabled(now, self._unused):
                raise NotALeader(name="" if account is None else account.name)
        name, code = tidy(told.name), tidy(told.code)
        return replace(unit, code=code, name=name, head=told.head, deputies=told.deputies)

    def _change(
        self, kind: str, content: dict[str, Any], *, by: By, do: Callable[[Transaction, Tree], Unit]
    ) -> dict[str, Any]:
        with self._unit.begin() as tx:

            def change() -> dict[str, Any]:
                return do(tx, Tree(self._store.units(tx, to_change=True))).to_value()

            return once(self._ledger, tx, ActKey(by.act, by.actor, kind, content), now=by.now, do=change)


def _after_all(brothers: Sequence[Unit]) -> int:
    return 1 + max((each.place for each in brothers), default=-1)


def _at(tree: Tree, unit: str, revision: int) -> Unit:
    known = tree.unit(unit)
    if known.revision != revision:
        raise UnitChanged(unit=known.to_value())
    return known


def _content(told: Description) -> dict[str, Any]:
    return {"code": told.code, "name": told.name, "head": told.head, "deputies": list(told.deputies)}


def _told(unit: Unit) -> dict[str, Any]:
    """For the record."""
    more = {"head": unit.head} if unit.head else {}
    return {"unit": unit.id, "unit_code": unit.code, "unit_name": unit.name, "above": unit.parent or "", **more}


def _named(person: str, names: dict[str, str]) -> dict[str, str]:
    return {"id": person, "name": names.get(person, "")}
