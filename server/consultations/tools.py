"""What the use cases of consultation slips share: their tools, who asks, and how a slip is found and written.

Rules C1, C10: a slip that somebody may not know of does not exist for them; whatever moves a slip is an entry of the
administrators' log with the same commit.

Usage: ``desk.found(tx, slip, hold="change")``, ``desk.write(tx, after, before=slip)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from server.consultations import reading
from server.consultations.counting import Answers
from server.consultations.errors import ConsultationChanged, ConsultationUnknown, NotItsLeader
from server.consultations.model import HandIn, Recipient, Said, Slip, Stage
from server.consultations.ports import Office, People, Safe, SlipStore, Statements, Urns
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey
from server.identity.model import Actor, Role
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from wire.fields import Fields


@dataclass(frozen=True, slots=True)
class Tools:
    """What the use cases work with."""

    unit: UnitOfWork
    store: SlipStore
    ledger: ActLedger
    journal: Journal
    people: People
    safe: Safe
    urns: Urns
    statements: Statements
    office: Office
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime

    def key(self, kind: str, content: Any) -> ActKey:
        """The act."""
        return ActKey(self.act, self.actor.label, f"consultation_{kind}", content)


def is_staff(actor: Actor) -> bool:
    """Whether somebody prepares slips."""
    return actor.has(Role.SECRETARY)


def leads(slip: Slip, actor: Actor) -> bool:
    """Whether somebody prepares slips, or this one goes out in their name."""
    return is_staff(actor) or (slip.wording.leader == actor.person and slip.stage is not Stage.DRAFT)


def oversees(slip: Slip, actor: Actor) -> bool:
    """Whether somebody sees who has answered: who leads, and auditors."""
    return leads(slip, actor) or actor.has(Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Desk:
    """Finds, opens and writes slips."""

    tools: Tools

    def found(self, tx: Transaction, slip: str, *, hold: str = "") -> Slip:
        """By id; raises ConsultationUnknown."""
        found = self.tools.store.find(tx, slip, hold=hold)
        if found is None or found.stage is Stage.DROPPED:
            raise ConsultationUnknown
        return found

    def led(self, tx: Transaction, slip: str, actor: Actor) -> Slip:
        """To be changed by who leads it; raises ConsultationUnknown, NotItsLeader."""
        found = self.found(tx, slip, hold="change")
        if not leads(found, actor):
            raise ConsultationUnknown
        return found

    def approved_by(self, slip: Slip, actor: Actor, name: str) -> None:
        """Raise NotItsLeader unless ``actor`` is the leader named (``name``)."""
        if slip.wording.leader != actor.person:
            raise NotItsLeader(name=name)

    def write(self, tx: Transaction, after: Slip, *, before: Slip) -> None:
        """Keep ``after``; raises ConsultationChanged when somebody was faster."""
        if not self.tools.store.save(tx, after, before=before):
            raise ConsultationChanged(revision=before.revision + 1)

    def note(self, tx: Transaction, kind: str, slip: str, asked: Asked, **data: Any) -> None:
        """An entry of the administrators' log."""
        told = {"consultation": slip, **data}
        self.tools.journal.record(tx, f"consultation_{kind}", told, actor=asked.actor.label, now=asked.now)

    def opened(self, slip: Slip, handed: HandIn) -> dict[str, Any]:
        """What was sealed with a handing in: ``answers``, ``nonce``, and of a signed one ``statement``, ``cms``."""
        bound = (slip.id, handed.person, str(handed.number))
        found: dict[str, Any] = self.tools.safe.open(slip.key, handed.sealed, bound=bound)
        return found

    def answers_in(self, slip: Slip, value: dict[str, Any]) -> tuple[Said, ...]:
        """Of a value that was sealed."""
        return reading.answers(Fields({"answers": value["answers"]}, "sealed"), slip.wording.questions)

    def newest(self, tx: Transaction, slip: Slip) -> dict[str, HandIn]:
        """The last handing in of each person."""
        return {each.person: each for each in self.tools.store.handed_in(tx, slip.id)}

    def answers(self, tx: Transaction, slip: Slip, recipients: Sequence[Recipient]) -> Answers:
        """What everybody who counts has said last."""
        counted = {each.person for each in recipients if each.counts}
        newest = self.newest(tx, slip)
        return {
            person: self.answers_in(slip, self.opened(slip, handed))
            for person, handed in newest.items()
            if person in counted
        }
