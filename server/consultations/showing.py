"""Slips as people see them: lists, one slip, the pages of its papers, what it came to.

Rules C1, C6, V5: recipients see what they were asked and what they said; how far it is, who leads and auditors see;
results nobody sees before the close unless the slip says so, and recipients only where it says that they do.

Usage: ``showing.one(slip, asked=asked)``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pages.folding import by_letter, composed
from server.consultations import bundle, counting
from server.consultations.answering import Answering
from server.consultations.errors import ConsultationStageWrong, ConsultationUnknown
from server.consultations.model import SENT, TABLE, Move, Recipient, Slip, Stage
from server.consultations.secret import service as secret
from server.consultations.secret.counted import Counted, counted
from server.consultations.tools import Asked, Desk, Tools, is_staff, leads, oversees
from server.identity.model import Actor, Role
from server.search.model import Wanted
from server.unit import Transaction
from wire.fields import print_instant

#: What the leader alone may do, and what who prepares may do.
_LEADERS: frozenset[Move] = frozenset({Move.RETURN, Move.SEND})
_STAFF: frozenset[Move] = frozenset({Move.EDIT, Move.DROP, Move.SUBMIT, Move.TAKE_BACK})


@dataclass(frozen=True, slots=True)
class Whole:
    """A closed slip with everything its documents are made of."""

    slip: Slip
    recipients: tuple[Recipient, ...]
    answers: counting.Answers
    #: of a secret one; ``answers`` are under receipts then
    counted: Counted | None = None

    @property
    def roll(self) -> Sequence[Recipient]:
        """By whom is counted: those asked, or as many nameless lines."""
        return self.recipients if self.counted is None else self.counted.roll


@dataclass(frozen=True, slots=True)
class Showing:
    """Reading."""

    tools: Tools
    answering: Answering

    @property
    def desk(self) -> Desk:
        """Finds."""
        return Desk(self.tools)

    def lists(self, *, asked: Asked) -> dict[str, Any]:
        """``asked``: what the caller was asked, the newest first; ``led``: what they prepare, approve or look after."""
        actor, store = asked.actor, self.tools.store
        with self.tools.unit.read() as tx:
            mine = [
                {**_listed(slip, asked), "mine": counting.person_value(own)}
                for slip, own in store.of_person(tx, actor.person_id)
            ]
            led = [
                {**_listed(slip, asked), **self._progress(tx, slip)} for slip in store.all(tx) if oversees(slip, actor)
            ]
        names = self._names(led)
        return {"asked": mine, "led": [{**each, "leader_name": names.get(each["leader"], "")} for each in led]}

    def found(self, wanted: Wanted, *, asked: Asked) -> dict[str, Any]:
        """``{found}``: of all one may see (C1), those in whose subject, submission or questions every term stands."""
        actor, store = asked.actor, self.tools.store
        patterns = [Wanted((term,)).pattern for term in wanted.terms]
        with self.tools.unit.read() as tx:
            mine = {slip.id: own for slip, own in store.of_person(tx, actor.person_id)}
            seen = [slip for slip in store.all(tx) if slip.id in mine or oversees(slip, actor)]
        found = [slip for slip in seen if _says(slip, patterns)]
        told = {slip: counting.person_value(own) for slip, own in mine.items()}
        return {
            "found": [
                {**_listed(each, asked), **({"mine": told[each.id]} if each.id in told else {})} for each in found
            ]
        }

    def one(self, slip: str, *, asked: Asked) -> dict[str, Any]:
        """One slip with all that the caller may know; raises ConsultationUnknown."""
        actor = asked.actor
        with self.tools.unit.read() as tx:
            found, mine = self._seen(tx, slip, actor)
            papers = self.tools.store.papers(tx, slip)
            recipients = self.tools.store.recipients(tx, slip) if found.stage in SENT else []
            value = {
                **_listed(found, asked),
                "wording": found.wording.to_value(),
                "papers": [paper.to_value() for paper in papers],
                "extensions": [each.to_value() for each in found.extensions],
                "sha256": found.sha256 or None,
                "result_sha256": found.result_sha256 or None,
                "token_key": found.token_key or None,
                "keyless": secret.is_keyless(self.tools, found),
                "moves": _moves(found, actor),
                "mine": None if mine is None else self._mine(tx, found, mine),
            }
            if oversees(found, actor):
                value |= {"progress": counting.progress(recipients)}
                value |= {"people": [counting.person_value(each) for each in recipients]}
            if self._shows_results(found, actor):
                value |= self._results(tx, found, recipients)
                value |= {"progress": counting.progress(recipients)}
        people = {found.wording.leader, found.created_by, *(each.by for each in found.extensions)}
        people |= set(found.wording.recipients) if found.stage not in SENT else set()
        value["names"] = self._people(people)
        return value

    def whole(self, slip: str, *, asked: Asked) -> Whole:
        """For its documents; raises ConsultationUnknown, and ConsultationStageWrong before the close."""
        with self.tools.unit.read() as tx:
            found = self._overseen(tx, slip, asked.actor)
            recipients = tuple(self.tools.store.recipients(tx, slip))
            if found.wording.secret:
                whole = counted(found, recipients, secret.opened(self.desk, tx, found))
                return Whole(found, recipients, whole.answers, whole)
            return Whole(found, recipients, self.desk.answers(tx, found, recipients))

    def bundle(self, slip: str, *, asked: Asked) -> dict[str, Any]:
        """For an independent count; raises as :meth:`whole`."""
        with self.tools.unit.read() as tx:
            return bundle.bundle(self.desk, tx, self._overseen(tx, slip, asked.actor))

    def readable(self, tx: Transaction, slip: str, actor: Actor) -> Slip:
        """A slip whose papers ``actor`` may read; raises ConsultationUnknown."""
        return self._seen(tx, slip, actor)[0]

    # Parts

    def _seen(self, tx: Transaction, slip: str, actor: Actor) -> tuple[Slip, Recipient | None]:
        found = self.desk.found(tx, slip)
        mine = self.tools.store.recipient(tx, slip, actor.person_id)
        if mine is not None and (not mine.counts or found.stage is Stage.WITHDRAWN):
            mine = None
        if mine is None and not oversees(found, actor):
            raise ConsultationUnknown
        return found, mine

    def _overseen(self, tx: Transaction, slip: str, actor: Actor) -> Slip:
        found = self.desk.found(tx, slip)
        if not oversees(found, actor):
            raise ConsultationUnknown
        if found.stage is not Stage.CLOSED:
            raise ConsultationStageWrong(stage=found.stage.value, act="read-results")
        return found

    def _shows_results(self, slip: Slip, actor: Actor) -> bool:
        if slip.stage is Stage.CLOSED:
            return oversees(slip, actor) or slip.wording.shared
        return slip.stage is Stage.OPEN and slip.wording.live and leads(slip, actor)

    def _results(self, tx: Transaction, slip: Slip, recipients: Sequence[Recipient]) -> dict[str, Any]:
        questions = slip.wording.questions
        if not slip.wording.secret:
            return {"results": counting.results(questions, recipients, self.desk.answers(tx, slip, recipients))}
        whole = counted(slip, recipients, secret.opened(self.desk, tx, slip))
        if not whole.opened.is_open:
            return {"urn": whole.to_value()}
        return {"urn": whole.to_value(), "ballots": whole.ballots(), "results": whole.results(questions)}

    def _mine(self, tx: Transaction, slip: Slip, mine: Recipient) -> dict[str, Any]:
        handed = self.tools.store.handed_in(tx, slip.id, mine.person)
        said = [
            {
                "number": each.number,
                "at": print_instant(each.at),
                "commitment": each.commitment,
                "signed": each.signed,
                "answers": self.desk.opened(slip, each)["answers"],
            }
            for each in handed
        ]
        return {
            **counting.person_value(mine),
            "browser": mine.browser,
            "draft": self.answering.draft(slip, mine),
            "draft_revision": mine.draft_revision,
            "handed_in": said,
        }

    def _progress(self, tx: Transaction, slip: Slip) -> dict[str, Any]:
        if slip.stage not in SENT:
            return {"progress": None}
        return {"progress": counting.progress(self.tools.store.recipients(tx, slip.id))}

    def _names(self, led: list[dict[str, Any]]) -> dict[str, str]:
        return self._people({each["leader"] for each in led})

    def _people(self, people: set[str]) -> dict[str, str]:
        return {person: self.tools.people.person(person).name for person in sorted(people - {"", None})}


def _moves(slip: Slip, actor: Actor) -> list[str]:
    """What the caller may do from here."""
    found = []
    for stage, wanted in TABLE:
        if stage is not slip.stage:
            continue
        is_leader = slip.wording.leader == actor.person
        may = is_leader if wanted in _LEADERS else is_staff(actor) if wanted in _STAFF else leads(slip, actor)
        if may:
            found.append(wanted.value)
    return found


def _says(slip: Slip, patterns: Sequence[re.Pattern[str]]) -> bool:
    wording = slip.wording
    questions = (text for each in wording.questions for text in (each.text, *(answer.text for answer in each.answers)))
    words = by_letter(composed("\n".join((wording.subject, wording.submission, *questions))))
    return all(pattern.search(words) for pattern in patterns)


def _listed(slip: Slip, asked: Asked) -> dict[str, Any]:
    moments = {"sent_at": slip.sent_at, "closed_at": slip.closed_at, "changed_at": slip.changed_at}
    deadline = slip.deadline or slip.wording.deadline
    return {
        "consultation": slip.id,
        "stage": slip.stage.value,
        "over": slip.is_over(asked.now),
        "revision": slip.revision,
        "subject": slip.wording.subject,
        "leader": slip.wording.leader or None,
        "signed": slip.wording.signed,
        "secret": slip.wording.secret,
        "questions": len(slip.wording.questions),
        "deadline": None if deadline is None else print_instant(deadline),
        "extended": len(slip.extensions),
        "by_clock": slip.by_clock,
        "reason": slip.reason,
        **{name: None if at is None else print_instant(at) for name, at in moments.items()},
        "is_leader": slip.wording.leader == asked.actor.person,
        "is_staff": asked.actor.has(Role.SECRETARY),
    }
