"""What terminals say of stores that do not open, and what IT says to it (W195).

Rules: a store that waits for IT is one question, with its reason; IT's word is for that question alone, and what was
ordered is shown until the terminal says that its store is open. What only failed is shown when it has gone on for a
minute, for a store is often slow for a moment. With the first health of an open store all of it is gone, on record.

Usage::

    heard = stores.said(device, machine, now)        # heard.anew: the question that IT has answered
    stores.order(tx, command, device, question)      # raises StoreAsksOtherwise
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, Self

from server.fleet.errors import StoreAsksOtherwise
from server.fleet.model import Alert, Command, Question
from server.fleet.ports import DeviceStore
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from wire.ids import DeviceId
from wire.messages import Machine

#: From then on a store that only fails to open is IT's business; a terminal tries again every half minute.
FAULT_AFTER: Final = dt.timedelta(minutes=1)
#: Who said nothing for so long was off meanwhile, and has not failed all the time.
_GOES_ON: Final = dt.timedelta(minutes=5)
#: What an open store takes away.
_UNTIL_OPEN: Final = frozenset({Alert.STORE_SHUT, Alert.STORE_FAULT})
_SERVER: Final = "system"


@dataclass(frozen=True, slots=True)
class Heard:
    """``anew``: the question, when IT has answered it; ``is_new``: what IT is shown of this terminal has changed."""

    anew: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Failing:
    """Since when a store fails to open, and when it was said last."""

    since: dt.datetime
    last: dt.datetime

    def again(self, now: dt.datetime) -> Self:
        """Said once more; after a long silence, or a clock that was put back, for the first time."""
        goes_on = dt.timedelta(0) <= now - self.last <= _GOES_ON
        return replace(self, since=self.since if goes_on else now, last=now)


class Stores:
    """The use cases. :meth:`said` is for the distribution's thread only; the others may be called by many."""

    def __init__(self, unit: UnitOfWork, store: DeviceStore, journal: Journal) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._journal: Final = journal
        self._failing: Final[dict[DeviceId, _Failing]] = {}
        #: of whom IT is shown something, so that five hundred open stores ask no database; None: unread
        self._shown: set[DeviceId] | None = None

    def said(self, device: DeviceId, machine: Machine, now: dt.datetime) -> Heard:
        """A terminal's health; what IT is to be told is durable when this returns."""
        if self._shown is None:
            with self._unit.read() as tx:
                self._shown = {each.device for each in self._store.alerts(tx) if each.kind in _UNTIL_OPEN}
        if not machine.store_shut and not machine.store_fault:
            return self._opened(device, now, self._shown)
        told = Heard()
        if machine.store_shut:
            told = self._asks(device, Question(machine.store_shut, machine.store_why), now, self._shown)
        # A question that IT has answered is said beside what keeps the store from being made.
        is_new = self._fails(device, machine.store_fault, now, self._shown)
        return Heard(told.anew, is_new=told.is_new or is_new)

    def order(self, tx: Transaction, command: Command, device: DeviceId, asked: str) -> None:
        """IT's word to the question ``asked``: the store is made anew. A second time it changes nothing.

        Raises StoreAsksOtherwise: another question stands there now, or none.
        """
        stands = self._question(tx, device)
        if stands is None or stands.asked != asked:
            raise StoreAsksOtherwise(asked=stands.asked if stands else "", why=stands.why if stands else "")
        if stands.is_ordered:
            return
        ordered = replace(stands, is_ordered=True).text()
        if not self._store.alter(tx, device, Alert.STORE_SHUT, was=stands.text(), detail=ordered, now=command.now):
            raise StoreAsksOtherwise(asked="", why="")  # the terminal was faster, this very moment
        data = {"device": device, "question": asked, "why": stands.why}
        self._journal.record(tx, "device_store_anew", data, actor=command.actor, now=command.now)

    def _asks(self, device: DeviceId, question: Question, now: dt.datetime, shown: set[DeviceId]) -> Heard:
        with self._unit.read() as tx:
            stands = self._question(tx, device)
        # The same number for another reason is another question: who ordered it was told less.
        if stands is not None and (stands.asked, stands.why) == (question.asked, question.why):
            return Heard(question.asked if stands.is_ordered else "")
        with self._unit.begin() as tx:
            self._store.settle(tx, device, Alert.STORE_SHUT)
            self._store.alert(tx, device, Alert.STORE_SHUT, now=now, detail=question.text())
            data = {"device": device, "question": question.asked, "why": question.why}
            self._journal.record(tx, "device_store_shut", data, actor=_SERVER, now=now)
        shown.add(device)
        return Heard(is_new=True)

    def _fails(self, device: DeviceId, fault: str, now: dt.datetime, shown: set[DeviceId]) -> bool:
        """``fault``: what keeps it, empty when it does not fail any more; whether IT is shown something else."""
        if fault:
            failing = self._failing[device] = self._failing.get(device, _Failing(now, now)).again(now)
            if now - failing.since < FAULT_AFTER:
                return False
        else:
            self._failing.pop(device, None)
        with self._unit.read() as tx:
            if self._fault(tx, device) == fault:
                return False
        with self._unit.begin() as tx:
            if not fault:
                self._store.settle(tx, device, Alert.STORE_FAULT)
            elif self._store.alert(tx, device, Alert.STORE_FAULT, now=now, detail=fault):
                data = {"device": device, "fault": fault}
                self._journal.record(tx, "device_store_fault", data, actor=_SERVER, now=now)
        shown.add(device)
        return True

    def _opened(self, device: DeviceId, now: dt.datetime, shown: set[DeviceId]) -> Heard:
        self._failing.pop(device, None)
        if device not in shown:
            return Heard()
        with self._unit.begin() as tx:
            gone = [kind for kind in sorted(_UNTIL_OPEN) if self._store.settle(tx, device, kind) is not None]
            if gone:
                self._journal.record(tx, "device_store_opened", {"device": device}, actor=_SERVER, now=now)
        shown.discard(device)
        return Heard(is_new=bool(gone))

    def _question(self, tx: Transaction, device: DeviceId) -> Question | None:
        found = [each.detail for each in self._store.alerts_of(tx, device) if each.kind is Alert.STORE_SHUT]
        return Question.read(found[0]) if found else None

    def _fault(self, tx: Transaction, device: DeviceId) -> str:
        return "".join(each.detail for each in self._store.alerts_of(tx, device) if each.kind is Alert.STORE_FAULT)
