"""Use cases of the fleet: a device asks, IT decides, the broker follows.

Rules: the database is written and committed first, then the broker's lists follow, then the watchers hear; a device
gets a certificate only while it is approved, and the same request always gets the same answer.

Usage::

    answer = fleet.enrol(request, address="10.0.0.7", now=now)      # None: wait
    fleet.approve(Command(actor, act, now), device, seat=seat, code="1234 5678 9012", replace=False)
    confirmed = fleet.revoke(Command(actor, act, now), device, reason="mất")
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from sealing.signatures import device_verifier
from server.fleet.errors import (
    DeviceRefused,
    DeviceRevoked,
    DeviceUnknown,
    ReceiptRefused,
    SeatInUse,
    SeatTaken,
    TooManyPending,
)
from server.fleet.model import (
    FORGOTTEN_AFTER,
    RENEW_AFTER,
    Alert,
    Command,
    Decision,
    Device,
    DeviceState,
    FleetChange,
    Place,
    Presence,
    Step,
    device_value,
    must_match,
    step,
)
from server.fleet.ports import (
    AccessControl,
    Decided,
    DeviceStore,
    FleetWatcher,
    Issuer,
    Keeping,
    PresenceSource,
    Replaced,
    StoreKeys,
)
from server.fleet.renewal import Renewals
from server.fleet.stores import Stores
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.pki.requests import EnrolmentRequest
from server.rooms.errors import NoSuchSeat
from server.unit import Transaction, UnitOfWork
from wire.envelope import open_envelope
from wire.errors import BadField, WireError
from wire.fields import Fields
from wire.ids import DeviceId, RoomId
from wire.messages import Hours, Machine, Maintenance
from wire.messages.session import MAX_MEETINGS

MAX_PENDING: Final = 500
#: One address cannot fill the list; a whole room behind one address still fits.
MAX_PENDING_PER_ADDRESS: Final = 120
#: A seat that the broker turns away for a moment asks as well, and stops when it is let in.
FIRST_KEY_AFTER: Final = dt.timedelta(minutes=10)
_ASKS_ON: Final = dt.timedelta(minutes=5)
_TOUCH_AFTER: Final = dt.timedelta(minutes=1)
_PENDING_WAIT_S: Final = 60
#: What the administrators' log calls each decision.
DECIDED: Final = {
    Step.APPROVE: "device_approved",
    Step.REFUSE: "device_refused",
    Step.REVOKE: "device_revoked",
    Step.MOVE: "device_moved",
}
_LOG: Final = logging.getLogger("fleet")


class _NotKept:
    """Nobody looks after terminals."""

    def told(self, device: DeviceId, room: RoomId | None) -> tuple[None, None]:  # noqa: ARG002 - the port's
        """Nothing."""
        return None, None

    def value(self, device: DeviceId, at: Presence) -> dict[str, Any]:  # noqa: ARG002 - the port's
        """Nothing."""
        return {"maintenance": None, "card": None, "woken_at": None}


NOT_KEPT: Final = _NotKept()


@dataclass(slots=True)
class FleetService:
    """The use cases; see the module's rules. ``watchers`` may grow while the server is being put together."""

    unit: UnitOfWork
    store: DeviceStore
    ledger: ActLedger
    issuer: Issuer
    access: AccessControl
    presence: PresenceSource
    journal: Journal
    renewals: Renewals
    store_keys: StoreKeys
    stores: Stores
    watchers: list[FleetWatcher] = field(default_factory=list)
    #: takes what a swap writes in, before the swap writes anything: who writes there takes it before the record as well
    before_swap: list[Callable[[Transaction], None]] = field(default_factory=list)
    #: told in the commit that lets a terminal in or cuts it off, before that writes anything
    on_decided: list[Decided] = field(default_factory=list)
    #: told within the commit that puts a terminal in another's place
    on_replaced: list[Replaced] = field(default_factory=list)
    max_pending: int = MAX_PENDING
    max_pending_per_address: int = MAX_PENDING_PER_ADDRESS
    #: how they are looked after; the feature that knows is put together later
    keeping: Keeping = NOT_KEPT
    #: who asks with a first key that opens nothing: since when, and when last
    first_keys: dict[DeviceId, tuple[dt.datetime, dt.datetime]] = field(default_factory=dict)

    def enrol(self, request: EnrolmentRequest, *, address: str, now: dt.datetime) -> bytes | None:
        """The certificates of an approved device as EST sends them, None while IT has not decided.

        Raises DeviceRefused, DeviceRevoked, TooManyPending.
        """
        with self.unit.begin() as tx:
            device = self.store.find(tx, request.device)
            if device is not None and device.state is DeviceState.APPROVED:
                return self._certify(tx, device, now=now)
            if device is None:
                self._admit(tx, request, address=address, now=now)
            else:
                self._ask_again(tx, device, serial=request.serial, now=now)
        if device is None:
            self._tell(FleetChange(request.device, None))
        return None

    def approve(self, command: Command, device: DeviceId, *, seat: str, code: str, replace: bool) -> None:
        """Give a waiting device its seat.

        Raises DeviceUnknown, CodeDiffers, DeviceWrongState, NoSuchSeat, SeatTaken, SeatInUse.
        """
        changes: list[FleetChange] = []

        def do(tx: Transaction) -> None:
            for take in self.before_swap if replace else ():
                take(tx)
            found = self._device(tx, device)
            must_match(found.code, code)
            step(found.state, Step.APPROVE)  # before anybody has to make room for it
            place = self._place(tx, seat)
            self._announce(tx, found, Step.APPROVE, command)
            changes.extend(self._make_room(tx, place, command, replace_it=replace))
            self._decide(tx, found, command, did=Step.APPROVE, place=place)
            for old in (each.device for each in changes):
                for tell in self.on_replaced:
                    tell(tx, self._device(tx, old), found, place, command)
            changes.append(FleetChange(device, Step.APPROVE, after=place))

        self._once(command, "device_approve", [device, seat, replace], do)
        self._follow(changes)

    def approve_listed(
        self,
        tx: Transaction,
        request: EnrolmentRequest,
        *,
        seat: str,
        address: str,
        by: str,
        row: int,
        now: dt.datetime,
    ) -> FleetChange | None:
        """Let in a machine that ``row`` of a list promised a seat, as the decision of ``by``; None: it is not free.

        Whoever calls it hands the change to :meth:`follow` after the commit. Raises SeatTaken, DeviceWrongState.
        """
        place = self.store.place(tx, seat)
        if place is None or self.store.at_seat(tx, seat) is not None:
            return None
        if self.store.find(tx, request.device) is None:
            self.store.add(tx, request, address=address, now=now)
        found = self._device(tx, request.device)
        if found.serial != request.serial:
            # It waited before its card named it: from now on it is known by what let it in.
            self.store.touch(tx, found.id, serial=request.serial, now=now)
            found = self._device(tx, request.device)
        command = Command(by, "", now)
        self._announce(tx, found, Step.APPROVE, command)
        self._decide(tx, found, command, did=Step.APPROVE, place=place, more={"list_row": row})
        return FleetChange(found.id, Step.APPROVE, after=place)

    def follow(self, change: FleetChange) -> None:
        """The broker's lists and the watchers hear of a committed change."""
        self._follow([change])

    def find_in(self, tx: Transaction, device: DeviceId) -> Device | None:
        """One device, within a transaction."""
        return self.store.find(tx, device)

    def placed(self, tx: Transaction) -> Sequence[Device]:
        """The devices that have a seat, within a transaction."""
        return [device for device in self.store.all(tx) if device.state is DeviceState.APPROVED]

    def refuse(self, command: Command, device: DeviceId, *, reason: str) -> None:
        """Turn a waiting device away; raises DeviceUnknown, DeviceWrongState."""
        changes: list[FleetChange] = []

        def do(tx: Transaction) -> None:
            found = self._device(tx, device)
            self._decide(tx, found, command, did=Step.REFUSE, reason=reason)
            changes.append(FleetChange(device, Step.REFUSE))

        self._once(command, "device_refuse", [device, reason], do)
        self._follow(changes)

    def revoke(self, command: Command, device: DeviceId, *, reason: str) -> bool:
        """Take a device's rights away and cut it off, for good; whether the broker has confirmed it.

        Raises DeviceUnknown, DeviceWrongState.
        """
        changes: list[FleetChange] = []

        def do(tx: Transaction) -> None:
            changes.append(self._revoke(tx, self._device(tx, device), command, reason=reason))

        self._once(command, "device_revoke", [device, reason], do)
        return self._follow(changes)

    def wipe(self, command: Command, device: DeviceId, *, reason: str, tell: Callable[[], None]) -> bool:
        """Revoke a device and have it destroy what it keeps: ``tell`` says so to it, before it is cut off.

        Whether the broker has confirmed the cut. Raises DeviceUnknown, DeviceWrongState.
        """
        changes: list[FleetChange] = []

        def do(tx: Transaction) -> None:
            changes.append(self._revoke(tx, self._device(tx, device), command, reason=reason))
            self.store.order_wipe(tx, device, now=command.now)
            self.journal.record(tx, "device_wipe_ordered", {"device": device}, actor=command.actor, now=command.now)

        key = wipe_key(command, device, reason)
        self._once(command, key.kind, key.content, do)
        try:
            if changes:
                tell()
        finally:
            confirmed = self._follow(changes)
        return confirmed

    def wiped(self, envelope: bytes, *, now: dt.datetime) -> None:
        """A device that was revoked says, signed, that it has destroyed what it kept (W186); raises ReceiptRefused."""
        try:
            signed = open_envelope(envelope, verify=device_verifier(self._revoked_spki))
            fields = Fields(signed.value(), "wiped")
            device, meetings = fields.id("device", "d"), fields.ids("meetings", "m", limit=MAX_MEETINGS)
            if signed.type != "wiped" or signed.key_id != device:
                raise BadField("wiped", "is not the device's own word")
        except WireError as exc:
            raise ReceiptRefused(why=str(exc)) from None
        with self.unit.begin() as tx:
            if self.store.wiped(tx, DeviceId(device), receipt=envelope, now=now):
                data = {"device": device, "meetings": len(meetings)}
                self.journal.record(tx, "device_wiped", data, actor=f"device:{device}", now=now)
        self._tell(FleetChange(DeviceId(device), None))

    def _revoked_spki(self, device: str) -> bytes | None:
        found = self.find(device)
        return found.spki if found is not None and found.state is DeviceState.REVOKED else None

    def move(self, command: Command, device: DeviceId, *, seat: str) -> None:
        """Put an approved device at another, free seat; raises as :meth:`approve` does."""
        changes: list[FleetChange] = []

        def do(tx: Transaction) -> None:
            found = self._device(tx, device)
            step(found.state, Step.MOVE)  # also for one that is there already
            place = self._place(tx, seat)
            if found.place != place:
                self._make_room(tx, place, command, replace_it=False)
                self._decide(tx, found, command, did=Step.MOVE, place=place)
                changes.append(FleetChange(device, Step.MOVE, before=found.place, after=place))

        self._once(command, "device_move", [device, seat], do)
        self._follow(changes)

    def devices(self) -> list[dict[str, Any]]:
        """All devices as the console sees them."""
        with self.unit.read() as tx:
            found, alerts, wipes = self.store.all(tx), self.store.alerts(tx), self.store.wipes(tx)
        present = self.presence.presence([device.id for device in found])
        return [
            {
                **device_value(
                    device,
                    (at := present.get(device.id, Presence())),
                    [each for each in alerts if each.device == device.id],
                    wipes.get(device.id),
                ),
                **self.keeping.value(device.id, at),
            }
            for device in found
        ]

    def settle(self, command: Command, device: DeviceId, kind: Alert) -> None:
        """IT knows of an alert, and it goes; raises DeviceUnknown."""

        def do(tx: Transaction) -> None:
            self._device(tx, device)
            if self.store.settle(tx, device, kind) is not None:
                data = {"device": device, "kind": kind.value}
                self.journal.record(tx, "device_alert_settled", data, actor=command.actor, now=command.now)

        self._once(command, "device_alert_settle", [device, kind.value], do)
        self._tell(FleetChange(device, None))

    def make_anew(self, command: Command, device: DeviceId, question: str) -> None:
        """What is in a store that does not open is not wanted any more: IT's word to this question (W195).

        The alert stays until the store is open. Raises DeviceUnknown, StoreAsksOtherwise.
        """

        def do(tx: Transaction) -> None:
            self._device(tx, device)
            self.stores.order(tx, command, device, question)

        self._once(command, "device_store_anew", [device, question], do)
        self._tell(FleetChange(device, None))

    def approved(self) -> Sequence[Device]:
        """The devices that have a seat."""
        with self.unit.read() as tx:
            return self.placed(tx)

    def find(self, device: str) -> Device | None:
        """One device."""
        with self.unit.read() as tx:
            return self.store.find(tx, DeviceId(device))

    def spki(self, device: str) -> bytes | None:
        """The public key that an approved device signs with; None for any other."""
        found = self.find(device)
        return found.spki if found is not None and found.state is DeviceState.APPROVED else None

    def kept(self, device: DeviceId, room: RoomId | None) -> tuple[Hours | None, Maintenance | None]:
        """How a device is looked after, for its welcome (W187)."""
        return self.keeping.told(device, room)

    def certificate_seen(self, device: DeviceId, serial: str) -> None:
        """A hello of the device named the certificate it came with (hexadecimal)."""
        self.renewals.seen(device, int(serial, 16))

    def copied(self, device: DeviceId, detail: str) -> None:
        """The device's key is at two places; ``detail``: which two starts were heard in turns."""
        self.renewals.raise_alert(device, Alert.COPIED, detail=detail)
        self._tell(FleetChange(device, None))

    def store_lost(self, device: DeviceId) -> None:
        """The device has made its store anew, or given up a part of it (W195)."""
        self.renewals.raise_alert(device, Alert.STORE_LOST)
        self._tell(FleetChange(device, None))

    def store_said(self, device: DeviceId, machine: Machine, now: dt.datetime) -> str:
        """How the device's store is; its question, when IT has said of it: make it anew. Empty otherwise (W195)."""
        heard = self.stores.said(device, machine, now)
        if heard.is_new:
            self._tell(FleetChange(device, None))
        return heard.anew

    def at_seat(self, seat: str) -> dict[str, Any] | None:
        """``{id, state, online, maintenance}`` of a seat's device."""
        with self.unit.read() as tx:
            found = self.store.at_seat(tx, seat)
        if found is None:
            return None
        at = self.presence.presence([found.id]).get(found.id, Presence())
        is_kept = self.keeping.value(found.id, at)["maintenance"] is not None
        return {"id": found.id, "state": found.state.value, "online": at.online, "maintenance": is_kept}

    def _admit(self, tx: Transaction, request: EnrolmentRequest, *, address: str, now: dt.datetime) -> None:
        self.store.forget(tx, before=now - FORGOTTEN_AFTER)
        full = self.store.pending(tx) >= self.max_pending
        if full or self.store.pending(tx, address=address) >= self.max_pending_per_address:
            raise TooManyPending(wait_s=_PENDING_WAIT_S)
        self.store.add(tx, request, address=address, now=now)

    def _ask_again(self, tx: Transaction, device: Device, *, serial: str, now: dt.datetime) -> None:
        if device.state is DeviceState.REFUSED:
            raise DeviceRefused
        if device.state is DeviceState.REVOKED:
            raise DeviceRevoked
        # A waiting seat asks every few seconds; not each of them is worth a write.
        if now - device.asked_at > _TOUCH_AFTER or serial != device.serial:
            self.store.touch(tx, device.id, serial=serial, now=now)

    def _certify(self, tx: Transaction, device: Device, *, now: dt.datetime) -> bytes:
        newest = self.store.newest_certificate(tx, device.id)
        has_ended = newest is not None and now >= newest.until
        # Once a renewal has given it another key, the first one opens nothing while that certificate holds (W183).
        if newest is not None and not has_ended and self.issuer.key_of(newest) != device.spki:
            self._asks_with_first_key(tx, device, now=now)
            return self.issuer.bundle(newest)
        if newest is None or not newest.issued_at <= now < newest.issued_at + RENEW_AFTER:
            newest = self.issuer.issue(device.id, spki=device.spki, now=now)
            self.store.add_certificate(tx, newest)
            self.renewals.issued(newest)
        if has_ended:
            self.renewals.alert(tx, device.id, Alert.REENROLLED, now=now)
        return self.issuer.bundle(newest)

    def _asks_with_first_key(self, tx: Transaction, device: Device, *, now: dt.datetime) -> None:
        """It has lost the key of its certificate, or a copy of its first card asks: it gets no further by itself."""
        began, last = self.first_keys.get(device.id, (now, now))
        if now - last > _ASKS_ON:
            began = now
        self.first_keys[device.id] = began, now
        if now - began >= FIRST_KEY_AFTER:
            self.first_keys[device.id] = now, now
            self.renewals.alert(tx, device.id, Alert.FIRST_KEY, now=now)

    def _make_room(self, tx: Transaction, place: Place, command: Command, *, replace_it: bool) -> list[FleetChange]:
        """Free the seat if it may be; whose device had to go."""
        old = self.store.at_seat(tx, place.seat)
        if old is None:
            return []
        if not replace_it:
            raise SeatTaken(seat_label=place.label, device=old.id)
        if self._is_online(old.id):
            raise SeatInUse(seat_label=place.label, device=old.id)
        return [self._revoke(tx, old, command, reason="thay thiết bị · replaced")]

    def _revoke(self, tx: Transaction, device: Device, command: Command, *, reason: str) -> FleetChange:
        self._announce(tx, device, Step.REVOKE, command)
        self._decide(tx, device, command, did=Step.REVOKE, reason=reason)
        self.store.revoke_certificates(tx, device.id, now=command.now)
        self.store_keys.destroy_store_key(tx, device.id)
        return FleetChange(device.id, Step.REVOKE, before=device.place)

    def _announce(self, tx: Transaction, device: Device, did: Step, command: Command) -> None:
        """Before anything is written: who has a part in it takes its rows first, and the record comes after them."""
        for tell in self.on_decided:
            tell(tx, device, did, command)

    def _decide(
        self,
        tx: Transaction,
        device: Device,
        command: Command,
        *,
        did: Step,
        place: Place | None = None,
        reason: str = "",
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        decision, state = Decision(command.actor, reason, command.now), step(device.state, did)
        self.store.decide(tx, replace(device, state=state, place=place), decision)
        where = {} if place is None else {"seat": place.seat, "label": place.label}
        why = {"reason": reason} if reason else {}
        data = {"device": device.id, **where, **why, **more}
        self.journal.record(tx, DECIDED[did], data, actor=command.actor, now=command.now)

    def _device(self, tx: Transaction, device: DeviceId) -> Device:
        found = self.store.find(tx, device)
        if found is None:
            raise DeviceUnknown
        return found

    def _place(self, tx: Transaction, seat: str) -> Place:
        found = self.store.place(tx, seat)
        if found is None:
            raise NoSuchSeat(seat=seat)
        return found

    def _is_online(self, device: DeviceId) -> bool:
        found = self.presence.presence([device])
        return device in found and found[device].online

    def _once(self, command: Command, kind: str, content: Any, do: Callable[[Transaction], None]) -> None:
        def done() -> dict[str, Any]:
            do(tx)
            return {}

        with self.unit.begin() as tx:
            once(self.ledger, tx, ActKey(command.act, command.actor, kind, content), now=command.now, do=done)

    def _follow(self, changes: Collection[FleetChange]) -> bool:
        # Access first: whoever is told of a revocation may rely on the device being cut off already.
        confirmed = self.access.enforce(cut_off=[each.device for each in changes if each.step is Step.REVOKE])
        for change in changes:
            self._tell(change)
        return confirmed

    def _tell(self, change: FleetChange) -> None:
        for watcher in self.watchers:
            try:
                watcher.fleet_changed(change)
            except Exception:  # noqa: BLE001 - the change is committed; the next watcher must hear of it
                _LOG.exception("%s was not told of %s", type(watcher).__name__, change.device)


def wipe_key(command: Command, device: DeviceId, reason: str) -> ActKey:
    """What an order to wipe is known by when it is asked for again."""
    return ActKey(command.act, command.actor, "device_wipe", [device, reason])
