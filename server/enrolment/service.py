"""Use cases of enrolment by list: look at one, take it, take a row back; a machine shows serial and code.

Rules: looking writes nothing, and taking judges the same file again and compares. A machine whose serial and code are
those of an open row, and whose seat is free, is let in by the decision of who took the list. All else waits for the
comparison of digits, and is answered the same, so that nobody learns from an answer what was wrong. Whoever lets a
machine in by its digits, or cuts it off, ends the row of its serial in the same commit: a code is good for a machine
that nobody has decided about.

Usage::

    found = lists.look(data, now=now)
    lists.take(data, seen=found["seen"], days=14, by=By(...))
    lists.enrol(request, Secret(b"…"), address="10.0.0.7", now=now)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server import spreadsheets
from server.enrolment.errors import ListChanged, ListsFull, RowOver, RowUnknown
from server.enrolment.model import (
    HEADS,
    MOST_WAITING,
    Column,
    House,
    Judged,
    Promise,
    Row,
    State,
    judge,
    rows_of,
)
from server.enrolment.ports import CodeHashes, Fleet, PromiseStore
from server.fleet.errors import SeatTaken
from server.fleet.model import Command, Device, DeviceState, FleetChange, Step
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.pki.requests import EnrolmentRequest
from server.roster.ports import Sheets
from server.unit import Transaction, UnitOfWork
from server.units.service import By
from wire.secret import Secret

TAKEN: Final = "enrolment_list_taken"
TAKEN_BACK: Final = "enrolment_row_taken_back"
LOCKED: Final = "enrolment_row_locked"
AGAIN: Final = "enrolment_serial_again"
_TAG_LETTERS: Final = 16
SAMPLE_ROOM: Final = "(ví dụ) Phòng họp lớn"


@dataclass(frozen=True, slots=True)
class EnrolmentService:
    """Lists of terminals, and the door for those that they name."""

    unit: UnitOfWork
    store: PromiseStore
    fleet: Fleet
    sheets: Sheets
    hashes: CodeHashes
    ledger: ActLedger
    journal: Journal

    def look(self, data: bytes, *, now: dt.datetime) -> dict[str, Any]:
        """``{rows, good, seen}``: what would become of each row. Raises RosterRefused, RosterBusy."""
        rows = rows_of(self.sheets.read(data))
        with self.unit.read() as tx:
            judged = self._judge(tx, rows, now=now)
        good = sum(not each.faults for each in judged)
        return {"rows": [each.to_value() for each in judged], "good": good, "seen": _digest(judged)}

    def take(self, data: bytes, *, seen: str, days: int, by: By, name: str) -> dict[str, Any]:
        """Take the good rows in one commit; ``{taken}``. ``name``: of who takes them.

        Raises RosterRefused, RosterBusy, ListChanged, ListsFull.
        """
        rows = rows_of(self.sheets.read(data))
        file = hashlib.sha256(data).hexdigest()
        with self.unit.begin() as tx:

            def take() -> dict[str, Any]:
                self.store.hold(tx)
                judged = self._judge(tx, rows, now=by.now)
                if _digest(judged) != seen:
                    raise ListChanged
                good = [each for each in judged if not each.faults]
                if len(self.store.waiting(tx, now=by.now)) + len(good) > MOST_WAITING:
                    raise ListsFull(most=MOST_WAITING)
                self._add(tx, good, by.now + dt.timedelta(days=days), by, name)
                told = {"rows": len(good), "days": days}
                self.journal.record(tx, TAKEN, told, actor=by.actor, now=by.now)
                return {"taken": len(good)}

            key = ActKey(by.act, by.actor, TAKEN, {"file": file, "seen": seen, "days": days})
            return once(self.ledger, tx, key, now=by.now, do=take)

    def rows(self, *, now: dt.datetime) -> list[dict[str, Any]]:
        """What was taken and how it stands."""
        with self.unit.read() as tx:
            found = self.store.shown(tx, now=now)
            taken = {each.place.seat for each in self.fleet.placed(tx) if each.place}
        return [each.to_value(now, is_taken=each.seat in taken) for each in found]

    def attention(self, *, now: dt.datetime) -> int:
        """How many rows want IT's eyes: locked ones, a second terminal of a serial, a promised seat that was taken."""
        with self.unit.read() as tx:
            return self.store.attention(tx, now=now)

    def take_back(self, number: int, *, by: By) -> None:
        """The code of a row lets nobody in any more; raises RowUnknown, RowOver."""

        def end(tx: Transaction, found: Promise) -> Promise:
            if found.state not in {State.WAITING, State.LOCKED}:
                raise RowOver
            self.journal.record(tx, TAKEN_BACK, _told(found), actor=by.actor, now=by.now)
            return found.taken_back(by.now)

        self._change(number, TAKEN_BACK, by, end)

    def settle(self, number: int, *, by: By) -> None:
        """IT knows that a second machine came with the serial; raises RowUnknown."""
        self._change(number, "enrolment_row_settle", by, lambda _, found: replace(found, other_at=None))

    def enrol(self, request: EnrolmentRequest, code: Secret | None, *, address: str, now: dt.datetime) -> bytes | None:
        """As :meth:`server.fleet.service.FleetService.enrol`, after a look into the lists."""
        if request.serial and self._names(request.serial):
            try:
                with self.unit.begin() as tx:
                    change = self._shown(tx, request, code, address=address, now=now)
            except SeatTaken:
                change = None  # in the same moment; it waits as any other
            if change is not None:
                self.fleet.follow(change)
        return self.fleet.enrol(request, address=address, now=now)

    def decided(self, tx: Transaction, device: Device, did: Step, command: Command) -> None:
        """The fleet decides about a machine: an open row of its serial has a code that nobody needs any more."""
        row = self.store.of_serial(tx, device.serial) if device.serial else None
        if row is None or not row.is_open(command.now):
            return
        if did is Step.APPROVE:
            self.store.save(tx, row.used(device.id, command.now))
        elif did is Step.REVOKE:
            self.store.save(tx, row.taken_back(command.now))
            self.journal.record(tx, TAKEN_BACK, _told(row), actor=command.actor, now=command.now)

    def _names(self, serial: str) -> bool:
        """Whether some list does: a waiting seat asks every few seconds, and most stand in none."""
        with self.unit.read() as tx:
            return self.store.names(tx, serial)

    def _shown(
        self, tx: Transaction, request: EnrolmentRequest, code: Secret | None, *, address: str, now: dt.datetime
    ) -> FleetChange | None:
        device = self.fleet.find_in(tx, request.device)
        if device is not None and device.state is not DeviceState.PENDING:
            return None
        row = self.store.of_serial(tx, request.serial)
        if row is None:
            return None
        if row.state is State.USED:
            self._again(tx, row, request, now)
            return None
        if code is None or not row.is_open(now):
            return None
        if not self.hashes.is_right(row.code_hash, code):
            self._guessed(tx, row, request, code, now)
            return None
        if any(each.serial == row.serial for each in self.fleet.placed(tx)):
            # IT has let one in by its digits meanwhile: whose card was copied is not for a list to say.
            self._tell_again(tx, row, request, now)
            return None
        # The row is used up by :meth:`decided`, as with every decision about its serial.
        return self.fleet.approve_listed(
            tx, request, seat=row.seat, address=address, by=row.by, row=row.number, now=now
        )

    def _guessed(
        self, tx: Transaction, row: Promise, request: EnrolmentRequest, code: Secret, now: dt.datetime
    ) -> None:
        # Bound to row and machine, and cut short: it tells two tries apart and nothing of the right code.
        told = b"%d %s " % (row.number, request.device.encode("ascii"))
        tag = hashlib.sha256(told + code.reveal()).hexdigest()[:_TAG_LETTERS]
        now_is = row.guessed(self.store.tried(tx, row.number, tag), now)
        if now_is == row:
            return
        self.store.save(tx, now_is)
        if now_is.state is State.LOCKED:
            told_of = {**_told(row), "device": request.device}
            self.journal.record(tx, LOCKED, told_of, actor="system", now=now)

    def _again(self, tx: Transaction, row: Promise, request: EnrolmentRequest, now: dt.datetime) -> None:
        """A machine that is not in shows the serial of one that is: told once, and again only after IT has seen it."""
        first = self.fleet.find_in(tx, row.device) if row.device and row.device != request.device else None
        if first is not None and first.state is DeviceState.APPROVED:
            self._tell_again(tx, row, request, now)

    def _tell_again(self, tx: Transaction, row: Promise, request: EnrolmentRequest, now: dt.datetime) -> None:
        if row.other_at is not None or row.other == request.device:
            return
        self.store.save(tx, replace(row, other=request.device, other_at=now))
        self.journal.record(tx, AGAIN, {**_told(row), "device": request.device}, actor="system", now=now)

    def _change(self, number: int, kind: str, by: By, change: Callable[[Transaction, Promise], Promise]) -> None:
        with self.unit.begin() as tx:

            def do() -> dict[str, Any]:
                self.store.hold(tx)  # as who takes a list: the rows first, the record after them
                found = self.store.find(tx, number)
                if found is None:
                    raise RowUnknown
                self.store.save(tx, change(tx, found))
                return {}

            once(self.ledger, tx, ActKey(by.act, by.actor, kind, {"number": number}), now=by.now, do=do)

    def _judge(self, tx: Transaction, rows: Sequence[Row], *, now: dt.datetime) -> list[Judged]:
        placed, waiting = self.fleet.placed(tx), self.store.waiting(tx, now=now)
        house = House(
            seats=self.store.seats(tx),
            taken={each.place.seat: each.serial for each in placed if each.place},
            promised=frozenset(each.seat for each in waiting),
            awaited=frozenset(each.serial for each in waiting),
            serials={each.serial: each.place.label for each in placed if each.place and each.serial},
        )
        return judge(rows, house)

    def _add(self, tx: Transaction, good: Sequence[Judged], until: dt.datetime, by: By, name: str) -> None:
        first = self.store.newest(tx) + 1
        promises = []
        for at, each in enumerate(good):
            if each.seat is None:
                continue
            code = Secret(each.row.text(Column.CODE).encode("ascii"))
            promises.append(
                Promise(
                    number=first + at,
                    serial=each.row.text(Column.SERIAL),
                    code_hash=self.hashes.hash(code),
                    seat=each.seat.id,
                    seat_label=each.seat.label,
                    room_name=each.seat.room_name,
                    by=by.actor,
                    by_name=name,
                    at=by.now,
                    until=until,
                )
            )
        self.store.add(tx, promises)


def template() -> bytes:
    """A list with its head and two rows that show how it is filled in; the codes are made by provisioning.

    They name a room that nobody has: left in by mistake they promise no seat.
    """
    rows = [
        [HEADS[column][0] for column in Column],
        ["PH-0001", "", SAMPLE_ROOM, "A1"],
        ["PH-0002", "", SAMPLE_ROOM, "A2"],
    ]
    return spreadsheets.csv_of(rows)


def _told(row: Promise) -> dict[str, Any]:
    return {"serial": row.serial, "seat": row.seat, "label": row.seat_label, "row": row.number}


def _digest(judged: Sequence[Judged]) -> str:
    told = json.dumps([[each.to_value(), each.seat and each.seat.id] for each in judged], sort_keys=True)
    return hashlib.sha256(told.encode("ascii")).hexdigest()
