"""Use cases before a slip is sent: draft, submit, take back, return, approve and send.

Rules C1–C3: a secretary writes; the leader it names approves the very revision they have seen, and that sends it. A
draft is changed by comparing revisions; what was submitted is changed by nobody. Nobody is asked whose account is
disabled: they could not answer, and would stay in the base of every share.

Usage::

    slips.create(wording, asked=asked)                  # {"consultation": "f-…"}
    slips.submit(slip, revision=3, asked=asked)
    slips.send(slip, revision=4, asked=leader)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.consultations import model
from server.consultations.errors import CannotAnswer, ConsultationChanged, ConsultationIncomplete, MayNotApprove
from server.consultations.model import Move, Recipient, Slip, Stage, Wording
from server.consultations.secret import service as secret
from server.consultations.tools import Asked, Desk, Tools
from server.idempotency.service import once
from server.identity.model import ADMINS
from server.unit import Transaction
from wire import ids
from wire.fields import print_instant

#: A slip as it stands → as it is to stand; raises what is refused.
Change = Callable[[Transaction, Slip], Slip]


@dataclass(frozen=True, slots=True)
class SlipService:
    """Slips until they are sent."""

    tools: Tools

    @property
    def desk(self) -> Desk:
        """Finds and writes."""
        return Desk(self.tools)

    def subject(self, slip: str) -> str:
        """What a slip is about; raises ConsultationUnknown."""
        with self.tools.unit.read() as tx:
            return self.desk.found(tx, slip).wording.subject

    def create(self, wording: Wording, *, asked: Asked) -> dict[str, Any]:
        """A draft; gives ``{consultation, revision}``. Raises NoSuchPerson, MayNotApprove."""
        self._must_know(wording)
        with self.tools.unit.begin() as tx:

            def add() -> dict[str, Any]:
                fresh = Slip(
                    ids.new("f", self.tools.random(ids.RANDOM_BYTES)),
                    Stage.DRAFT,
                    revision=1,
                    wording=wording,
                    created_by=asked.actor.person_id,
                    created_at=asked.now,
                    changed_at=asked.now,
                    key=self.tools.safe.new_key(),
                )
                self.tools.store.add(tx, fresh)
                self._drafted(tx, fresh, asked)
                return {"consultation": fresh.id, "revision": 1}

            return once(self.tools.ledger, tx, asked.key("create", wording.to_value()), now=asked.now, do=add)

    def edit(self, slip: str, wording: Wording, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Another wording; gives ``{revision}``. Raises ConsultationStageWrong, ConsultationChanged, NoSuchPerson,
        MayNotApprove.
        """
        self._must_know(wording)

        def change(tx: Transaction, before: Slip) -> Slip:
            after = replace(before, wording=wording)
            self._drafted(tx, after, asked)
            return after

        content = {"slip": slip, "revision": revision, "wording": wording.to_value()}
        return self._move(slip, Move.EDIT, revision, content, asked=asked, change=change)

    def drop(self, slip: str, *, asked: Asked) -> dict[str, Any]:
        """Nothing comes of the draft."""

        def change(tx: Transaction, before: Slip) -> Slip:
            self.desk.note(tx, "dropped", slip, asked)
            return before

        return self._move(slip, Move.DROP, 0, {"slip": slip}, asked=asked, change=change)

    def submit(self, slip: str, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Put it before its leader; raises ConsultationIncomplete, DeadlineTooEarly, CannotAnswer."""
        self._approver(slip)
        unable = self._unable(slip, asked.now)

        def change(tx: Transaction, before: Slip) -> Slip:
            self._must_be_whole(tx, before, asked.now)
            _must_be_able(before, unable)
            self.desk.note(tx, "submitted", slip, asked, leader=before.wording.leader)
            return replace(before, reason="")

        return self._move(slip, Move.SUBMIT, revision, {"slip": slip, "revision": revision}, asked=asked, change=change)

    def take_back(self, slip: str, *, asked: Asked) -> dict[str, Any]:
        """A draft again, by who submitted it."""

        def change(tx: Transaction, before: Slip) -> Slip:
            self.desk.note(tx, "taken_back", slip, asked)
            return before

        return self._move(slip, Move.TAKE_BACK, 0, {"slip": slip}, asked=asked, change=change)

    def send_back(self, slip: str, reason: str, *, asked: Asked) -> dict[str, Any]:
        """The leader returns it with a reason; raises NotItsLeader."""
        name = self._leader(slip)

        def change(tx: Transaction, before: Slip) -> Slip:
            self.desk.approved_by(before, asked.actor, name)
            self.desk.note(tx, "returned", slip, asked, reason=reason)
            return replace(before, reason=reason)

        return self._move(slip, Move.RETURN, 0, {"slip": slip, "reason": reason}, asked=asked, change=change)

    def send(self, slip: str, *, revision: int, asked: Asked) -> dict[str, Any]:
        """The leader approves, and everybody named is asked. Raises NotItsLeader, ConsultationChanged and as submit."""
        name, recipients, unable = self._approver(slip), self._recipients(slip), self._unable(slip, asked.now)

        def change(tx: Transaction, before: Slip) -> Slip:
            self.desk.approved_by(before, asked.actor, name)
            self._must_be_whole(tx, before, asked.now)
            if [each.person for each in recipients] != list(before.wording.recipients):
                raise ConsultationChanged(revision=before.revision)
            _must_be_able(before, unable)
            self.tools.store.ask(tx, recipients)
            if before.wording.secret:
                before = secret.begin(self.tools, tx, before, places=len(recipients))
            papers = self.tools.store.papers(tx, slip)
            sha256 = model.fingerprint(model.content(before, papers, recipients))
            deadline = before.wording.deadline
            told = {
                "sha256": sha256,
                "leader": before.wording.leader,
                "people": [each.person for each in recipients],
                "deadline": None if deadline is None else print_instant(deadline),
                "signed_by_token": before.wording.signed,
                **({"secret": True} if before.wording.secret else {}),
            }
            self.desk.note(tx, "sent", slip, asked, **told)
            return replace(before, sent_at=asked.now, deadline=deadline, sha256=sha256, reason="")

        return self._move(slip, Move.SEND, revision, {"slip": slip, "revision": revision}, asked=asked, change=change)

    # Parts

    def _move(
        self, slip: str, wanted: Move, revision: int, content: dict[str, Any], *, asked: Asked, change: Change
    ) -> dict[str, Any]:
        """One step of the table; ``revision`` 0: whatever it is. Gives ``{revision}``."""
        with self.tools.unit.begin() as tx:
            before = self.desk.led(tx, slip, asked.actor)

            def write() -> dict[str, Any]:
                stage = model.move(before.stage, wanted)
                if revision and revision != before.revision:
                    raise ConsultationChanged(revision=before.revision)
                after = replace(change(tx, before), stage=stage, revision=before.revision + 1, changed_at=asked.now)
                self.desk.write(tx, after, before=before)
                return {"revision": after.revision}

            return once(self.tools.ledger, tx, asked.key(wanted.value, content), now=asked.now, do=write)

    def _drafted(self, tx: Transaction, slip: Slip, asked: Asked) -> None:
        self.desk.note(tx, "drafted", slip.id, asked, sha256=model.fingerprint(slip.wording.to_value()))

    def _must_be_whole(self, tx: Transaction, slip: Slip, now: dt.datetime) -> None:
        papers = self.tools.store.papers(tx, slip.id)
        model.must_be_whole(slip.wording, papers=sum(each.kind == "submission" for each in papers), now=now)

    def _must_know(self, wording: Wording) -> None:
        """Everybody named is somebody, and the leader one who may approve."""
        for person in wording.recipients:
            self.tools.people.person(person)
        if wording.leader:
            self._must_approve(wording.leader)

    def _must_approve(self, leader: str) -> str:
        """The leader's name; raises MayNotApprove for who runs the system, its rights or its record, NoSuchPerson."""
        found = self.tools.people.person(leader)
        if not ADMINS.isdisjoint(found.roles):
            raise MayNotApprove(name=found.name)
        return found.name

    def _unable(self, slip: str, now: dt.datetime) -> dict[str, str]:
        """The names of those who may not act; asked outside the transaction, judged in it."""
        with self.tools.unit.read() as tx:
            wording = self.desk.found(tx, slip).wording
        named = (*wording.recipients, *((wording.leader,) if wording.leader else ()))
        unable = dict.fromkeys(self.tools.people.disabled_of(named, now=now))
        return {person: self.tools.people.person(person).name for person in unable}

    def _leader(self, slip: str) -> str:
        with self.tools.unit.read() as tx:
            leader = self.desk.found(tx, slip).wording.leader
        return self.tools.people.person(leader).name if leader else ""

    def _approver(self, slip: str) -> str:
        """The name of the leader, who may approve it still; roles change. Empty without one. Raises MayNotApprove."""
        with self.tools.unit.read() as tx:
            leader = self.desk.found(tx, slip).wording.leader
        return self._must_approve(leader) if leader else ""

    def _recipients(self, slip: str) -> list[Recipient]:
        """As they are called now; asked outside the transaction that writes them down."""
        with self.tools.unit.read() as tx:
            named = self.desk.found(tx, slip).wording.recipients
        if not named:
            raise ConsultationIncomplete(field="recipients")
        people = [self.tools.people.person(person) for person in named]
        return [
            Recipient(slip, each.id, number, each.name, each.position, each.unit)
            for number, each in enumerate(people, 1)
        ]


def _must_be_able(slip: Slip, unable: Mapping[str, str]) -> None:
    """Raise CannotAnswer with the names of those who are named and may not act."""
    named = {*slip.wording.recipients, slip.wording.leader}
    names = [name for person, name in unable.items() if person in named]
    if names:
        raise CannotAnswer(names=", ".join(names))
