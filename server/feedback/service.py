"""Use cases of faults and wishes (FB1–FB3).

Usage::

    feedback.send(Said(Kind.FAULT, "Trang không mở được", {...}), by=by)
    feedback.take(7, asked=asked); feedback.answer(7, "Đã sửa", asked=asked)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from server.feedback.errors import FeedbackFull, FeedbackOver, FeedbackUnknown
from server.feedback.model import MOST, Feedback, State
from server.feedback.ports import FeedbackStore
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.model import Actor
from server.unit import Transaction, UnitOfWork
from wire.feedback import Said


@dataclass(frozen=True, slots=True)
class By:
    """Who tells of it, under which key, when; ``meeting``, ``device``, ``seat``: where they sit, empty at a console."""

    person: str
    name: str
    key: ActKey
    now: dt.datetime
    meeting: str | None = None
    device: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who reads or answers, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class FeedbackService:
    """The desk."""

    unit: UnitOfWork
    store: FeedbackStore
    ledger: ActLedger

    def send(self, said: Said, *, by: By) -> dict[str, Any]:
        """One more; gives ``{number}``. Raises FeedbackFull, ActReused."""
        with self.unit.begin() as tx:

            def add() -> dict[str, Any]:
                self.store.hold(tx)
                own = self.store.of_person(tx, by.person)
                if sum(each.state is not State.DONE for each in own) >= MOST:
                    raise FeedbackFull(most=MOST)
                number = self.store.newest(tx) + 1
                told = Feedback(number, by.person, by.name, said, by.now, device=by.device, seat=by.seat)
                self.store.add(tx, told)
                return {"number": number}

            return once(self.ledger, tx, by.key, now=by.now, do=add, meeting=by.meeting)

    def own(self, actor: Actor) -> list[dict[str, Any]]:
        """What somebody sent, the newest first."""
        with self.unit.read() as tx:
            return [each.to_value(whole=False) for each in self.store.of_person(tx, actor.person_id)]

    def all(self) -> list[dict[str, Any]]:
        """What waits and the newest of the rest."""
        with self.unit.read() as tx:
            return [each.to_value(whole=True) for each in self.store.all(tx)]

    def take(self, number: int, *, asked: Asked) -> None:
        """Somebody sees to it; also what somebody else took. Raises FeedbackUnknown, FeedbackOver."""

        def take(found: Feedback) -> Feedback:
            return replace(found, state=State.TAKEN, by_name=asked.actor.name)

        self._move(number, "feedback_take", "", asked, take)

    def answer(self, number: int, text: str, *, asked: Asked) -> None:
        """It is done, and this is what whoever sent it reads; raises FeedbackUnknown, FeedbackOver."""

        def answer(found: Feedback) -> Feedback:
            told = replace(found, state=State.DONE, by_name=asked.actor.name, answer=text)
            return replace(told, answered_at=asked.now)

        self._move(number, "feedback_answer", text, asked, answer)

    def read(self, number: int, *, asked: Asked) -> None:
        """Whoever sent it has read the answer; again is fine. Raises FeedbackUnknown."""
        with self.unit.begin() as tx:
            found = self.store.find(tx, number)
            if found is None or found.person != asked.actor.person_id:
                raise FeedbackUnknown
            if found.state is State.DONE and found.read_at is None:
                self.store.save(tx, replace(found, read_at=asked.now))

    def _move(self, number: int, kind: str, text: str, asked: Asked, change: Callable[[Feedback], Feedback]) -> None:
        key = ActKey(asked.act, asked.actor.label, kind, {"number": number, "text": text})
        with self.unit.begin() as tx:

            def move() -> dict[str, Any]:
                self.store.save(tx, change(self._waiting(tx, number)))
                return {}

            once(self.ledger, tx, key, now=asked.now, do=move)

    def _waiting(self, tx: Transaction, number: int) -> Feedback:
        found = self.store.find(tx, number)
        if found is None:
            raise FeedbackUnknown
        if found.state is State.DONE:
            raise FeedbackOver
        return found
