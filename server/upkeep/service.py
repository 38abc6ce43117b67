"""Use cases of the book of the terminals: write, end, correct, plan; what is open and due; a sheet of one terminal.

Rules: IT writes. Each change is an entry of the record. Whoever changes an entry says which revision they saw: when
somebody was faster, they are shown what stands there now, and nothing is lost. What came from a fault that was told at
a seat is written once, however often it is asked. Whoever writes takes the book first and the record after it.

Usage::

    book.write(["d-…"], said, by=by)
    book.end(7, ending, seen=1, by=by)
    book.standing(now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.feedback.errors import FeedbackUnknown
from server.fleet.errors import DeviceUnknown, DeviceWrongState
from server.fleet.model import Command, Device, DeviceState, Place
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.rooms.errors import NoSuchRoom
from server.unit import Transaction, UnitOfWork
from server.upkeep.errors import (
    EntryChanged,
    EntryClosed,
    EntryUnknown,
    NothingPlanned,
    PlanTwice,
    PlanUnknown,
    ToldAlready,
)
from server.upkeep.model import (
    SWAPPED,
    Correction,
    Entry,
    Kind,
    Plan,
    Said,
    Standing,
    Tally,
    Terminal,
    checked,
    next_day,
    plan_of,
    today,
)
from server.upkeep.ports import Faults, Terminals, UpkeepStore
from wire.ids import DeviceId

WRITTEN: Final = "upkeep_written"
ENDED: Final = "upkeep_ended"
CORRECTED: Final = "upkeep_corrected"
PLANNED: Final = "upkeep_planned"
PLAN_ENDED: Final = "upkeep_plan_ended"
_KNOWN: Final = frozenset({DeviceState.APPROVED, DeviceState.REVOKED})


@dataclass(frozen=True, slots=True)
class By:
    """Who writes, under which name and act, when."""

    actor: str
    name: str
    act: str
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as IT asks for it; one of ``device`` and ``room`` is set."""

    device: str | None
    room: str | None
    every_months: int
    first_day: dt.date
    what: str


@dataclass(frozen=True, slots=True)
class UpkeepService:
    """The book."""

    unit: UnitOfWork
    store: UpkeepStore
    terminals: Terminals
    faults: Faults
    ledger: ActLedger
    journal: Journal

    def write(self, devices: Sequence[str], said: Said, *, by: By, feedback: int | None = None) -> dict[str, Any]:
        """One entry for each terminal, in one commit; ``{numbers}``.

        ``feedback``: the fault that was told of it; it is of the seat at which it was told, whatever has moved since.
        Raises DeviceUnknown, DayWrong, FeedbackUnknown (also for what was told at another terminal), ToldAlready.
        """
        said = checked(said, by.now)
        source = "" if feedback is None else f"feedback:{feedback}"

        def do(tx: Transaction) -> dict[str, Any]:
            self.store.hold(tx)
            at = None if feedback is None else self._told_at(tx, feedback, devices)
            known = self.store.by_source(tx, source) if source else None
            if known is not None:
                if known.said != said:
                    raise ToldAlready(n=known.number, entry=known.to_value())
                return {"numbers": [known.number]}
            found = [_terminal(self._device(tx, each), at=at) for each in dict.fromkeys(devices)]
            return {"numbers": [self._add(tx, each, said, by, source) for each in found]}

        return self._once(WRITTEN, {"devices": list(devices), **said.to_value(), "from": source}, by, do)

    def hold(self, tx: Transaction) -> None:
        """A swap begins that will write here: nobody else does until it ends."""
        self.store.hold(tx)

    def replaced(self, tx: Transaction, old: Device, new: Device, place: Place, command: Command) -> None:
        """The fleet has put ``new`` in place of ``old``, and held the book before it wrote anything.

        It stands in the book, in the same commit; the plan that ``old`` had of its own is the one of ``new``.
        """
        day = today(command.now)
        said = Said(Kind.REPLACEMENT, day, "", f"{old.serial or old.id} → {new.serial or new.id}", closed_on=day)
        by = By(command.actor, command.name, command.act, command.now)
        self._add(tx, _terminal(replace(new, place=place)), said, by, f"{SWAPPED}{old.id}")
        for plan in [each for each in self.store.plans(tx) if each.device == old.id]:
            self._end_plan(tx, plan, by)
            # Made when the old one's was: the new one is due so many months after it came.
            self._keep_plan(tx, replace(plan, number=self.store.newest_plan(tx) + 1, device=new.id), by)

    def end(self, number: int, ending: Said, *, seen: int, by: By) -> dict[str, Any]:
        """A fault is done: what was done, by whom, what it cost, its last day. ``ending`` brings these alone.

        Raises EntryUnknown, EntryChanged, EntryClosed, DayWrong.
        """

        def ended(found: Entry) -> Said:
            if not found.is_open:
                raise EntryClosed
            told = replace(found.said, done=ending.done, by_whom=ending.by_whom, cost=ending.cost)
            return replace(told, closed_on=ending.closed_on or today(by.now))

        return self._change(number, ENDED, ended, {"said": ending.to_value()}, seen=seen, by=by)

    def correct(self, number: int, said: Said, *, reason: str, seen: int, by: By) -> dict[str, Any]:
        """An entry was wrong; what stood there is kept with the reason. Raises EntryUnknown, EntryChanged, DayWrong."""
        told = {"said": said.to_value(), "reason": reason}
        return self._change(number, CORRECTED, lambda _: said, told, seen=seen, by=by)

    def plan(self, wanted: Wanted, *, by: By) -> dict[str, Any]:
        """A new plan; ``{number}``. Raises DeviceUnknown, DeviceWrongState, NoSuchRoom, PlanTwice."""
        content = {"device": wanted.device, "room": wanted.room, "every_months": wanted.every_months}
        content |= {"first_day": wanted.first_day.isoformat(), "what": wanted.what}

        def do(tx: Transaction) -> dict[str, Any]:
            self.store.hold(tx)
            if wanted.device is not None:
                if self._device(tx, wanted.device).state is not DeviceState.APPROVED:
                    raise DeviceWrongState(state=DeviceState.REVOKED.value, step="plan")
            elif wanted.room is None or not self.store.has_room(tx, wanted.room):
                raise NoSuchRoom
            target = (wanted.device, wanted.room)
            if any((each.device, each.room) == target for each in self.store.plans(tx)):
                raise PlanTwice
            number = self.store.newest_plan(tx) + 1
            made = Plan(
                number, *target, wanted.every_months, wanted.first_day, wanted.what, today(by.now), by.now, by.name
            )
            self._keep_plan(tx, made, by)
            return {"number": number}

        return self._once(PLANNED, content, by, do)

    def end_plan(self, number: int, *, by: By) -> None:
        """Nobody is asked by it any more; raises PlanUnknown, NothingPlanned."""

        def do(tx: Transaction) -> dict[str, Any]:
            self.store.hold(tx)
            found = self.store.plan(tx, number)
            if found is None:
                raise PlanUnknown
            if found.ended_at is not None:
                raise NothingPlanned
            self._end_plan(tx, found, by)
            return {}

        self._once(PLAN_ENDED, {"plan": number}, by, do)

    def standing(self, *, now: dt.datetime) -> dict[str, Any]:
        """What waits: ``{today, open, late, due, soon, devices: {d: {open, next, standing}}}``."""
        with self.unit.read() as tx:
            return self._standing(tx, now)

    def book(self, *, now: dt.datetime) -> dict[str, Any]:
        """Everything: :meth:`standing`, and ``{entries, plans, terminals}``."""
        with self.unit.read() as tx:
            entries = self.store.entries(tx)
            told = self._standing(tx, now)
            rooms = self.store.room_names(tx)
            plans = [{**each.to_value(), "room_name": rooms.get(each.room or "", "")} for each in self.store.plans(tx)]
            known = [_terminal(each) for each in self.terminals.all(tx) if each.state is DeviceState.APPROVED]
        terminals = [
            {"device": each.device, "serial": each.serial, "seat_label": each.seat_label, "room": each.room,
             "room_name": each.room_name}
            for each in sorted(known, key=lambda one: (one.room_name, one.seat_label))
        ]  # fmt: skip
        return {**told, "entries": [each.to_value() for each in entries], "plans": plans, "terminals": terminals}

    def sheet(self, device: str, *, now: dt.datetime) -> dict[str, Any]:
        """One terminal: who it is, its entries and those of its seat, what stood in them before, its plan.

        Raises DeviceUnknown.
        """
        with self.unit.read() as tx:
            found = self._device(tx, device)
            it = _terminal(found)
            entries = self.store.history(tx, device=it.device, seat=it.seat)
            corrections = self.store.corrections(tx, [each.number for each in entries])
            plan = plan_of(self.store.plans(tx), device=it.device, room=it.room)
            due = self._due(found, plan, self.store.tallies(tx).get(it.device, Tally()))
        return {
            "today": today(now).isoformat(),
            "device": {
                "id": it.device, "serial": it.serial, "state": found.state.value, "seat_label": it.seat_label,
                "room": it.room, "room_name": it.room_name, "since": today(found.requested_at).isoformat(),
            },
            "entries": [each.to_value() for each in entries],
            "corrections": [each.to_value() for each in corrections],
            "plan": None if plan is None else plan.to_value(),
            "next": None if due is None else due.isoformat(),
            "standing": None if due is None else Standing.of(due, today(now)).value,
        }  # fmt: skip

    def entries(self) -> Sequence[Entry]:
        """All, the newest day first: for tables."""
        with self.unit.read() as tx:
            return self.store.entries(tx)

    def _standing(self, tx: Transaction, now: dt.datetime) -> dict[str, Any]:
        plans, day, of = self.store.plans(tx), today(now), self.store.tallies(tx)
        devices: dict[str, dict[str, Any]] = {}
        for each in self.terminals.all(tx):
            plan = None
            if each.state is DeviceState.APPROVED:
                plan = plan_of(plans, device=each.id, room=each.place.room if each.place else None)
            mine = of.get(each.id, Tally())
            due, opened = self._due(each, plan, mine), mine.open
            if due is not None or opened:
                standing = None if due is None else Standing.of(due, day).value
                devices[each.id] = {"open": opened, "next": due and due.isoformat(), "standing": standing}
        kinds = [each["standing"] for each in devices.values()]
        return {
            "today": day.isoformat(),
            "open": sum(each.open for each in of.values()),
            "late": kinds.count(Standing.LATE.value),
            "due": kinds.count(Standing.TODAY.value),
            "soon": kinds.count(Standing.SOON.value),
            "devices": devices,
        }

    @staticmethod
    def _due(device: Device, plan: Plan | None, tally: Tally) -> dt.date | None:
        if plan is None or device.state is not DeviceState.APPROVED:
            return None
        # Who has waited for long, or stood elsewhere, came when that was decided.
        came = max(device.requested_at, device.decided_at or device.requested_at)
        return next_day(plan, came=today(came), last=tally.last)

    def _add(self, tx: Transaction, it: Terminal, said: Said, by: By, source: str) -> int:
        number = self.store.newest(tx) + 1
        self.store.add(tx, Entry(number, it, said, by.now, by.actor, by.name, source))
        told: dict[str, Any] = {"entry": number, "device": it.device, "kind": said.kind.value}
        self.journal.record(tx, WRITTEN, {**told, "label": it.seat_label}, actor=by.actor, now=by.now)
        return number

    def _keep_plan(self, tx: Transaction, plan: Plan, by: By) -> None:
        kept = replace(plan, at=by.now, by_name=by.name)
        self.store.keep_plan(tx, kept)
        told = {name: value for name, value in kept.asked().items() if value}
        self.journal.record(tx, PLANNED, {"plan": plan.number, **told}, actor=by.actor, now=by.now)

    def _end_plan(self, tx: Transaction, plan: Plan, by: By) -> None:
        self.store.keep_plan(tx, replace(plan, ended_at=by.now))
        self.journal.record(tx, PLAN_ENDED, {"plan": plan.number}, actor=by.actor, now=by.now)

    def _change(
        self, number: int, kind: str, change: Callable[[Entry], Said], content: Mapping[str, Any], *, seen: int, by: By
    ) -> dict[str, Any]:
        reason = content.get("reason", "")

        def do(tx: Transaction) -> dict[str, Any]:
            self.store.hold(tx)
            found = self.store.find(tx, number)
            if found is None:
                raise EntryUnknown
            if found.revision != seen:
                raise EntryChanged(entry=found.to_value())
            now_is = found.changed(checked(change(found), by.now))
            kept = Correction(number, found.revision, found.said.to_value(), reason, by.now, by.name)
            self.store.change(tx, now_is, kept)
            told = {"entry": number, "device": found.terminal.device, **({"reason": reason} if reason else {})}
            self.journal.record(tx, kind, told, actor=by.actor, now=by.now)
            return {"revision": now_is.revision}

        return self._once(kind, {"number": number, "seen": seen, **content}, by, do)

    def _told_at(self, tx: Transaction, feedback: int, devices: Sequence[str]) -> Place | None:
        """Where that fault was told; None where nobody wrote it down."""
        told = self.faults.find(tx, feedback)
        if told is None or any(each != told.device for each in devices):
            raise FeedbackUnknown
        return self.terminals.place(tx, told.seat) if told.seat else None

    def _device(self, tx: Transaction, device: str) -> Device:
        found = self.terminals.find(tx, DeviceId(device))
        if found is None or found.state not in _KNOWN:
            raise DeviceUnknown
        return found

    def _once(
        self, kind: str, content: Mapping[str, Any], by: By, do: Callable[[Transaction], dict[str, Any]]
    ) -> dict[str, Any]:
        key = ActKey(by.act, by.actor, kind, dict(content))
        with self.unit.begin() as tx:
            return once(self.ledger, tx, key, now=by.now, do=lambda: do(tx))


def _terminal(device: Device, *, at: Place | None = None) -> Terminal:
    """Whom an entry is of, where it is or was ``at``."""
    place = at or device.place
    if place is None:
        return Terminal(device.id, device.serial, None, "", None, "")
    return Terminal(device.id, device.serial, place.seat, place.label, place.room, place.room_name)
