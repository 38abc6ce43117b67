"""Use cases of looking after terminals: hours of a room's screens, maintenance, switching on (D4, W187–W190).

Rules: what holds is in the database and in the record before anybody is told, and is told after every welcome. What
five hundred hellos ask for is answered from memory. A terminal in a room that meets is put under maintenance only by
who says that they know. Switched on is told apart from up: nothing answers the packet.

Usage::

    keeping = KeepingService(Tools(…))
    keeping.begin(command, device, reason="Hỏng màn hình", instead="s-…", by="Cán bộ kỹ thuật", sure=False)
    keeping.told(device, room)          # for its welcome
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from server.fleet.errors import DeviceInMeeting, DeviceUnknown
from server.fleet.model import Command, Device, DeviceState, FleetChange, Place, Presence, Step
from server.fleet.ports import PresenceSource
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, answered, once
from server.journal import Journal
from server.keeping.errors import HoursChanged, InsteadUnfit, NotKept
from server.keeping.model import (
    VIETNAM,
    Card,
    Days,
    Kept,
    RoomHours,
    broadcasts,
    days_of,
    has_come,
    hours_of,
    magic_packet,
)
from server.keeping.ports import Broadcast, Calendar, KeepingStore
from server.unit import Transaction, UnitOfWork
from wire.fields import print_instant
from wire.ids import DeviceId, RoomId
from wire.messages import Head, Hours, Keeping, Maintenance, Message

HOURS_SET: Final = "screen_hours_set"
BEGUN: Final = "device_kept"
ENDED: Final = "device_kept_no_more"
WOKEN: Final = "device_woken"
#: Said twice: one packet is easily lost.
_TIMES: Final = 2
_LOG: Final = logging.getLogger("keeping")


class Terminals(Protocol):
    """The devices."""

    def find(self, device: str) -> Device | None:
        """One of them."""
        ...

    def find_in(self, tx: Transaction, device: DeviceId) -> Device | None:
        """One of them, within a transaction."""
        ...

    def approved(self) -> Sequence[Device]:
        """Those that have a seat."""
        ...

    def placed(self, tx: Transaction) -> Sequence[Device]:
        """The same, within a transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """``say``: sends one device a message, if it is there; ``meets``: whether a meeting goes on in a room; ``changed``:
    consoles that look at the terminals are told.
    """

    unit: UnitOfWork
    store: KeepingStore
    ledger: ActLedger
    journal: Journal
    terminals: Terminals
    presence: PresenceSource
    calendar: Calendar
    broadcast: Broadcast
    say: Callable[[str, Callable[[Head], Message]], None]
    meets: Callable[[RoomId], bool]
    changed: Callable[[], None]
    now: Callable[[], dt.datetime]


class KeepingService:
    """The use cases; everything that is told of them is in memory as well."""

    def __init__(self, tools: Tools) -> None:
        self._tools: Final = tools
        self._lock: Final = threading.Lock()
        self._loading: Final = threading.Lock()
        with tools.unit.read() as tx:
            self._hours: dict[RoomId, RoomHours] = dict(tools.store.hours(tx))
            self._kept: dict[DeviceId, Kept] = dict(tools.store.kept(tx))
            self._cards: dict[DeviceId, Card] = dict(tools.store.cards(tx))
        self._woken: dict[DeviceId, dt.datetime] = {}
        self._days = self._days_told = self._days_now()

    # ------------------------------------------------------------ asked by others

    def told(self, device: DeviceId, room: RoomId | None) -> tuple[Hours | None, Maintenance | None]:
        """How a device is looked after, for its welcome."""
        with self._lock:
            kept = self._kept.get(device)
            hours = None if room is None else hours_of(self._hours.get(room), self._days)
        return hours, None if kept is None else kept.maintenance

    def is_kept(self, device: str) -> bool:
        """Whether a device is under maintenance."""
        with self._lock:
            return device in self._kept

    def hours(self) -> dict[RoomId, dict[str, int]]:
        """Of all rooms that have any."""
        with self._lock:
            return {room: each.to_value() for room, each in self._hours.items()}

    def value(self, device: DeviceId, at: Presence) -> dict[str, Any]:
        """``{maintenance, card, woken_at}`` of a terminal (docs/API.md, ``GET /api/devices``)."""
        with self._lock:
            kept, card = self._kept.get(device), self._cards.get(device)
            woken_at = self._woken.get(device)
            if woken_at is not None and has_come(woken_at, at):
                del self._woken[device]
                woken_at = None
            return {
                "maintenance": None if kept is None else kept.to_value(),
                "card": None if card is None else {"mac": card.mac, "wakes": card.wakes},
                "woken_at": None if woken_at is None else print_instant(woken_at),
            }

    # ------------------------------------------------------------ hours

    def set_hours(
        self, command: Command, room: RoomId, hours: RoomHours | None, *, was: RoomHours | None
    ) -> dict[str, Any]:
        """From now on the screens of a room are lit so; ``was``: as whoever sets them saw it. Raises HoursChanged."""
        values = [None if each is None else each.to_value() for each in (hours, was)]

        def put() -> dict[str, Any]:
            self._tools.store.hold_room(tx, room)
            now = self._tools.store.hours(tx).get(room)
            if now not in (was, hours):
                raise HoursChanged(hours=None if now is None else now.to_value())
            self._tools.store.put_hours(tx, room, hours)
            data = {"room": room, "hours": values[0]}
            self._tools.journal.record(tx, HOURS_SET, data, actor=command.actor, now=command.now)
            return {"hours": values[0]}

        try:
            with self._tools.unit.begin() as tx:
                key = ActKey(command.act, command.actor, "screen_hours", [room, *values])
                answer = once(self._tools.ledger, tx, key, now=command.now, do=put)
        finally:
            self._load()
            self._tell(lambda device: device.place is not None and device.place.room == room)
        return answer

    def look_at_days(self) -> None:
        """Another year has begun, or a day was entered: seats of rooms with hours are told."""
        days = self._days_now()
        with self._lock:
            self._days = days
            rooms = set(self._hours)
        if days != self._days_told:
            self._tell(lambda device: device.place is not None and device.place.room in rooms)
            # Only now: what was not said, for the database was away, is said the next time.
            self._days_told = days

    # ------------------------------------------------------------ maintenance

    def begin(
        self, command: Command, device: DeviceId, *, reason: str, instead: str, by: str, sure: bool
    ) -> dict[str, Any]:
        """Nobody signs in there from now on; who is signed in goes on.

        ``instead``: the seat that people are asked to, or nothing. Other places that asked people to this one do so no
        more; ``{maintenance, uninvited: [their names]}``. Raises DeviceUnknown, DeviceInMeeting, InsteadUnfit.
        """
        key = ActKey(command.act, command.actor, "device_keep", [device, reason, instead])
        found = self._device(device)
        with self._tools.unit.read() as tx:
            is_known = answered(self._tools.ledger, tx, key) is not None
        place = found.place
        if not sure and not is_known and place is not None and self._tools.meets(place.room):
            raise DeviceInMeeting(room=place.room_name)

        def put() -> dict[str, Any]:
            if place is not None:
                # Two terminals of it, one after the other: each is asked about as a seat to go to instead.
                self._tools.store.hold_room(tx, place.room)
            self._tools.store.hold_device(tx, device)
            # One that was revoked meanwhile would be under maintenance for ever.
            _must_be_approved(self._tools.terminals.find_in(tx, device))
            all_kept = self._tools.store.kept(tx)
            before, around = all_kept.get(device), self._around(tx, place)
            since = command.now if before is None else before.maintenance.since
            label = _label_of(instead, [each for each in around if each.id not in all_kept and each.id != device])
            kept = Kept(Maintenance(reason, since, label), by)
            self._tools.store.keep(tx, device, kept)
            here = "" if place is None else place.label
            data = {"device": device, "label": here, "reason": reason, **({"instead": label} if label else {})}
            self._tools.journal.record(tx, BEGUN, data, actor=command.actor, now=command.now)
            return {"maintenance": kept.to_value(), "uninvited": self._uninvite(tx, around, all_kept, here)}

        try:
            with self._tools.unit.begin() as tx:
                answer = once(self._tools.ledger, tx, key, now=command.now, do=put)
        finally:
            self._changed(device)
        if answer.get("uninvited"):
            self._tell(lambda each: each.place is not None and place is not None and each.place.room == place.room)
        return answer

    def end(self, command: Command, device: DeviceId) -> None:
        """It is used again; raises DeviceUnknown, NotKept.

        Whatever comes of it, what is in memory is as the database has it, and told: a commit whose answer was lost is
        made good by the next press, which finds nothing to end.
        """
        found = self._tools.terminals.find(device)
        if found is None:
            raise DeviceUnknown

        label = "" if found.place is None else found.place.label

        def drop() -> dict[str, Any]:
            self._tools.store.hold_device(tx, device)
            if device not in self._tools.store.kept(tx):
                raise NotKept
            self._tools.store.keep(tx, device, None)
            data = {"device": device, "label": label}
            self._tools.journal.record(tx, ENDED, data, actor=command.actor, now=command.now)
            return {}

        try:
            with self._tools.unit.begin() as tx:
                key = ActKey(command.act, command.actor, "device_keep_end", [device])
                once(self._tools.ledger, tx, key, now=command.now, do=drop)
        finally:
            self._changed(device)

    def fleet_changed(self, change: FleetChange) -> None:
        """A terminal that is moved is told of its new room; what is revoked is under maintenance no more."""
        if change.step is Step.REVOKE:
            with self._tools.unit.begin() as tx:
                self._tools.store.keep(tx, change.device, None)
            self._load()
        elif change.after is not None and change.before is not None:
            self._tell(lambda device: device.id == change.device)

    # ------------------------------------------------------------ switching on

    def note_cards(self) -> None:
        """Keep what terminals said of their cards since: one that is off says nothing."""
        approved = [each.id for each in self._tools.terminals.approved()]
        fresh = []
        for device, at in self._tools.presence.presence(approved).items():
            machine = at.machine
            if machine is None or not machine.mac:
                continue
            card = Card(device, machine.mac, machine.subnet, bool(machine.wakes))
            if self._cards.get(device) != card:
                fresh.append(card)
        if fresh:
            with self._tools.unit.begin() as tx:
                for card in fresh:
                    self._tools.store.put_card(tx, card)
            self._load()
            self._tools.changed()

    def wake(self, command: Command, devices: Sequence[DeviceId]) -> list[dict[str, Any]]:
        """``[{device, outcome: sent/online/cannot/unknown/failed}]``; raises DeviceUnknown."""
        found = [self._device(device).id for device in devices]
        present = self._tools.presence.presence(found)
        with self._lock:
            cards = dict(self._cards)
        outcomes = {
            device: _before(cards.get(device), online=device in present and present[device].online) for device in found
        }
        asked = [device for device, outcome in outcomes.items() if outcome == "sent"]

        def note() -> dict[str, Any]:
            data = {"devices": asked}
            self._tools.journal.record(tx, WOKEN, data, actor=command.actor, now=command.now)
            return {}

        if asked:
            with self._tools.unit.begin() as tx:
                key = ActKey(command.act, command.actor, "device_wake", list(devices))
                once(self._tools.ledger, tx, key, now=command.now, do=note)
        for device in asked:
            if self._send(cards[device]):
                with self._lock:
                    self._woken[device] = command.now
            else:
                outcomes[device] = "failed"
        if asked:
            self._tools.changed()
        return [{"device": device, "outcome": outcomes[device]} for device in found]

    # ------------------------------------------------------------ within

    def _send(self, card: Card) -> bool:
        packet, sent = magic_packet(card.mac), 0
        for address in broadcasts(card.subnet) * _TIMES:
            try:
                self._tools.broadcast.send(packet, address)
                sent += 1
            except OSError as exc:
                _LOG.warning("%s cannot be switched on through %s: %s", card.device, address, exc)
        return sent > 0

    def _around(self, tx: Transaction, place: Place | None) -> list[Device]:
        """The terminals of a place's room."""
        room = None if place is None else place.room
        return [each for each in self._tools.terminals.placed(tx) if each.place and each.place.room == room]

    def _uninvite(
        self, tx: Transaction, around: Sequence[Device], kept: Mapping[DeviceId, Kept], label: str
    ) -> list[str]:
        """Nobody is asked any more to sit where maintenance begins; the names of the places that did."""
        labels = []
        for each in around:
            found = kept.get(each.id)
            if found is not None and label and found.maintenance.instead == label:
                asks_nowhere = replace(found.maintenance, instead="")
                self._tools.store.keep(tx, each.id, replace(found, maintenance=asks_nowhere))
                labels += [each.place.label] if each.place else []
        return sorted(labels)

    def _device(self, device: DeviceId) -> Device:
        return _must_be_approved(self._tools.terminals.find(device))

    def _days_now(self) -> Days:
        return days_of(self._tools.calendar.entered(), self._tools.now().astimezone(VIETNAM).date())

    def _changed(self, device: DeviceId) -> None:
        self._load()
        self._tell(lambda each: each.id == device)
        self._tools.changed()

    def _load(self) -> None:
        # One after the other, so that none brings an older state back; a welcome does not wait for the database.
        with self._loading:
            with self._tools.unit.read() as tx:
                hours, kept = dict(self._tools.store.hours(tx)), dict(self._tools.store.kept(tx))
                cards = dict(self._tools.store.cards(tx))
            with self._lock:
                self._hours, self._kept, self._cards = hours, kept, cards

    def _tell(self, is_meant: Callable[[Device], bool]) -> None:
        for device in self._tools.terminals.approved():
            if is_meant(device):
                self._say(device.id, None if device.place is None else device.place.room)

    def _say(self, device: DeviceId, room: RoomId | None) -> None:
        # Read when it is sent: of two changes at once the seat is left with what holds, whichever is said last.
        self._tools.say(device, lambda head: Keeping(head, *self.told(device, room)))


def _must_be_approved(device: Device | None) -> Device:
    if device is None or device.state is not DeviceState.APPROVED:
        raise DeviceUnknown
    return device


def _label_of(seat: str, fit: Sequence[Device]) -> str:
    """The name of a seat among the places of those that fit; nothing of none."""
    if not seat:
        return ""
    for each in fit:
        if each.place is not None and each.place.seat == seat:
            return each.place.label
    raise InsteadUnfit


def _before(card: Card | None, *, online: bool) -> str:
    if online:
        return "online"
    if card is None:
        return "unknown"
    return "sent" if card.wakes else "cannot"
