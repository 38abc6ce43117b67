"""What somebody holds in the house: units, tasks, consultations in draft, rounds to sign, certificates, a calendar.

Rules HO1, HO3: rounds and slips that were sent stay; certificates and the calendar's address end with the account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from server.consultations.model import Slip
from server.consultations.model import Stage as SlipStage
from server.consultations.model import Wording as SlipWording
from server.consultations.tools import Asked as SlipAsked
from server.handover.errors import HoldsNoMore
from server.handover.model import Holding, Kind
from server.handover.ports import Asked
from server.identity.model import Account, Actor, Role
from server.tasks.errors import NotTheirTask
from server.tasks.handing import Handing
from server.trust.admin import Asked as TrustAsked
from server.units.model import Tree, Unit
from server.units.service import By, Description
from wire.ids import PersonId


class Units(Protocol):
    """The tree of units."""

    def tree(self) -> Tree:
        """As it is now."""
        ...

    def describe(self, unit: str, told: Description, *, revision: int, by: By) -> dict[str, Any]:
        """Another code, name, head or deputies."""
        ...


@dataclass(frozen=True, slots=True)
class UnitSource:
    """Units they head or are a deputy of."""

    units: Units
    kind: Kind = Kind.UNIT

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """Open ones."""
        tree = self.units.tree()
        return [
            Holding(self.kind, each.id, part, tree.path(each.id), "/people/units")
            for each in tree.units
            if each.is_open and (part := _part(each, person))
        ]

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """``to`` is head or deputy in their place; raises what the tree refuses."""
        unit = self.units.tree().unit(holding.thing)
        if not _part(unit, person):
            if _part(unit, to.id):
                return
            raise HoldsNoMore(title=holding.title)
        head = to.id if unit.head == person else unit.head
        named = (to.id if each == person else each for each in unit.deputies)
        deputies = tuple(dict.fromkeys(each for each in named if each != head))
        told = Description(unit.code, unit.name, head, deputies)
        self.units.describe(unit.id, told, revision=unit.revision, by=By(asked.actor.label, asked.act, asked.now))


def _part(unit: Unit, person: str) -> str:
    return "head" if unit.head == person else "deputy" if person in unit.deputies else ""


@dataclass(frozen=True, slots=True)
class TaskSource:
    """Open tasks they gave, lead, answer for or take part in."""

    handing: Handing
    kind: Kind = Kind.TASK

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """One line for each part they have in it."""
        return [
            Holding(self.kind, task.id, part, task.giving.title, f"/tasks/{task.id}")
            for task, part in self.handing.parts_of(person)
        ]

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """``to`` has that part from now on; raises HoldsNoMore."""
        asker = (asked.actor, asked.act, asked.now)
        try:
            self.handing.hand(holding.thing, holding.part, person, to=to.id, asked=asker)
        except NotTheirTask:
            raise HoldsNoMore(title=holding.title) from None


class Slips(Protocol):
    """Consultation slips."""

    def all(self) -> Sequence[Slip]:
        """Of every stage."""
        ...

    def edit(self, slip: str, wording: SlipWording, *, revision: int, asked: SlipAsked) -> dict[str, Any]:
        """Another wording of a draft."""
        ...


@dataclass(frozen=True, slots=True)
class SlipSource:
    """Consultations that go out in their name: a draft goes to somebody else, what was submitted or sent stays."""

    slips: Slips
    kind: Kind = Kind.CONSULTATION

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """Drafts, and those under way."""
        whys = {SlipStage.DRAFT: "", SlipStage.SUBMITTED: "submitted", SlipStage.OPEN: "sent"}
        return [
            Holding(self.kind, each.id, "leader", each.wording.subject, f"/consultations/{each.id}", whys[each.stage])
            for each in self.slips.all()
            if each.wording.leader == person and each.stage in whys
        ]

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """It goes out in the name of ``to``; raises what slips refuse."""
        slip = next(each for each in self.slips.all() if each.id == holding.thing)
        if slip.wording.leader == to.id:
            return
        if slip.wording.leader != person:
            raise HoldsNoMore(title=holding.title)
        lent = replace(asked.actor, roles=asked.actor.roles | {Role.SECRETARY})
        wording = replace(slip.wording, leader=to.id)
        self.slips.edit(slip.id, wording, revision=slip.revision, asked=SlipAsked(lent, asked.act, asked.now))


class Rounds(Protocol):
    """Rounds of signing."""

    def waiting(self, person: PersonId, *, now: dt.datetime) -> Sequence[dict[str, Any]]:
        """What waits for somebody's signature."""
        ...


@dataclass(frozen=True, slots=True)
class RoundSource:
    """What waits for their signature: it never moves. Whoever put it up withdraws it and asks anew."""

    rounds: Rounds
    kind: Kind = Kind.ROUND

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:
        """All that waits."""
        return [
            Holding(self.kind, str(each["round"]), "signer", str(each["title"]), "", "signing")
            for each in self.rounds.waiting(PersonId(person), now=now)
        ]

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """Never asked for."""


class Certificates(Protocol):
    """Enrolled certificates."""

    def of_person(self, person: str, *, now: dt.datetime) -> Sequence[dict[str, Any]]:
        """All that somebody has had."""
        ...

    def withdraw(self, fingerprint: str, *, reason: str, asked: TrustAsked) -> None:
        """Not taken any longer."""
        ...


@dataclass(frozen=True, slots=True)
class CertificateSource:
    """Their certificates: withdrawn with the account."""

    certificates: Certificates
    reason: str
    kind: Kind = Kind.CERTIFICATE

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:
        """Those that are neither withdrawn nor revoked."""
        return [
            Holding(self.kind, each["fingerprint"], "owner", each["subject"], "/trust/certificates")
            for each in self.certificates.of_person(person, now=now)
            if each["gone_at"] is None
        ]

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:  # noqa: ARG002 - the port's signature
        """Withdrawn."""
        own = TrustAsked(asked.actor, asked.act, asked.now)
        self.certificates.withdraw(holding.thing, reason=self.reason, asked=own)


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """The address of their calendar: taken back with the account."""

    has: Callable[[str], bool]
    end: Callable[[str, Actor, dt.datetime], None]
    kind: Kind = Kind.CALENDAR

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """One at most."""
        return [Holding(self.kind, person, "owner", "", "")] if self.has(person) else []

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:  # noqa: ARG002 - the port's signature
        """Nobody reads it any more."""
        self.end(person, asked.actor, asked.now)
