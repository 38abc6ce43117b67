"""What the fleet needs from outside.

Rules: stores take the transaction first; `AccessControl.enforce` and the watchers are called after the commit.

Usage: `FleetService(unit, store, ledger=ledger, issuer=issuer, access=warden, presence=distribution)`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from server.fleet.model import (
    Alert,
    Certificate,
    Command,
    Decision,
    Device,
    FleetChange,
    Place,
    Presence,
    Step,
    Told,
    Wiped,
)
from server.pki.requests import EnrolmentRequest
from server.unit import Transaction
from wire.ids import DeviceId, RoomId
from wire.messages import Hours, Maintenance


class DeviceStore(Protocol):
    """Devices and their certificates."""

    def find(self, tx: Transaction, device: DeviceId) -> Device | None:
        """The device, None when it never asked."""
        ...

    def at_seat(self, tx: Transaction, seat: str) -> Device | None:
        """The approved device of a seat."""
        ...

    def all(self, tx: Transaction) -> Sequence[Device]:
        """Every device, the latest request first."""
        ...

    def place(self, tx: Transaction, seat: str) -> Place | None:
        """A seat with its room, None when there is no such seat."""
        ...

    def add(self, tx: Transaction, request: EnrolmentRequest, *, address: str, now: dt.datetime) -> None:
        """A new pending device; the same one again changes nothing."""
        ...

    def touch(self, tx: Transaction, device: DeviceId, *, serial: str, now: dt.datetime) -> None:
        """A pending device has asked again."""
        ...

    def pending(self, tx: Transaction, *, address: str | None = None) -> int:
        """How many devices wait for IT, altogether or from one address."""
        ...

    def forget(self, tx: Transaction, *, before: dt.datetime) -> None:
        """Drop pending devices that have not asked since ``before``."""
        ...

    def decide(self, tx: Transaction, device: Device, decision: Decision) -> None:
        """Keep a device's new state and place; raises SeatTaken when another was faster."""
        ...

    def add_certificate(self, tx: Transaction, certificate: Certificate) -> None:
        """Keep what was issued."""
        ...

    def newest_certificate(self, tx: Transaction, device: DeviceId) -> Certificate | None:
        """The last one issued to a device that still counts."""
        ...

    def certificate(self, tx: Transaction, serial: int) -> Certificate | None:
        """One certificate, also one that no longer counts."""
        ...

    def unseen(self, tx: Transaction) -> Mapping[int, DeviceId]:
        """Every certificate that counts and that no device has said hello with."""
        ...

    def seen(self, tx: Transaction, certificate: Certificate, *, now: dt.datetime) -> None:
        """The device has said hello with it: all its older ones no longer count."""
        ...

    def drop_unseen(self, tx: Transaction, device: DeviceId, *, but: int, now: dt.datetime) -> None:
        """Take back what was issued to a device and never seen, except the certificate ``but``."""
        ...

    def alert(self, tx: Transaction, device: DeviceId, kind: Alert, *, now: dt.datetime, detail: str = "") -> bool:
        """Keep that this was so once more; whether it is new."""
        ...

    def alerts(self, tx: Transaction) -> Sequence[Told]:
        """What nobody has settled, the oldest first."""
        ...

    def alerts_of(self, tx: Transaction, device: DeviceId) -> Sequence[Told]:
        """The same of one device."""
        ...

    def alter(self, tx: Transaction, device: DeviceId, kind: Alert, *, was: str, detail: str, now: dt.datetime) -> bool:
        """Put ``detail`` where ``was`` stands; False when it does not stand there."""
        ...

    def settle(self, tx: Transaction, device: DeviceId, kind: Alert) -> str | None:
        """IT knows; the detail of the alert, None when there was none."""
        ...

    def revoke_certificates(self, tx: Transaction, device: DeviceId, *, now: dt.datetime) -> None:
        """Mark all certificates of a device as revoked."""
        ...

    def order_wipe(self, tx: Transaction, device: DeviceId, *, now: dt.datetime) -> None:
        """IT has ordered a device to destroy what it keeps."""
        ...

    def wiped(self, tx: Transaction, device: DeviceId, *, receipt: bytes, now: dt.datetime) -> bool:
        """The device's receipt came; whether it is the first."""
        ...

    def wipes(self, tx: Transaction) -> Mapping[DeviceId, Wiped]:
        """Orders and receipts by device."""
        ...


class StoreKeys(Protocol):
    """The keys that open what devices keep (the distribution has them)."""

    def destroy_store_key(self, tx: Transaction, device: DeviceId) -> None:
        """What the device keeps is opened by nobody any more."""
        ...


class Issuer(Protocol):
    """The site CA."""

    def issue(self, device: DeviceId, *, spki: bytes, now: dt.datetime) -> Certificate:
        """A certificate of 30 days."""
        ...

    def key_of(self, certificate: Certificate) -> bytes:
        """The public key it is for (DER SubjectPublicKeyInfo)."""
        ...

    def bundle(self, certificate: Certificate) -> bytes:
        """The certificate and the CA, as EST sends them."""
        ...


class AccessControl(Protocol):
    """Makes the broker follow the database."""

    def enforce(self, *, cut_off: Collection[DeviceId] = ()) -> bool:
        """Publish the lists and end the sessions of ``cut_off``; False when the broker has not yet confirmed it, and it
        is tried again until it has.
        """
        ...

    def follow(self) -> None:
        """Publish the lists soon, together with what else changes in that second; returns at once."""
        ...


class PresenceSource(Protocol):
    """Who is there now (the distribution knows)."""

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        """What is known of these devices; those it knows nothing of are absent."""
        ...


class Keeping(Protocol):
    """How terminals are looked after (``server.keeping``)."""

    def told(self, device: DeviceId, room: RoomId | None) -> tuple[Hours | None, Maintenance | None]:
        """For its welcome (W187)."""
        ...

    def value(self, device: DeviceId, at: Presence) -> dict[str, Any]:
        """More of it for the console."""
        ...


class FleetWatcher(Protocol):
    """Wants to know when a device comes, moves or goes."""

    def fleet_changed(self, change: FleetChange) -> None:
        """Called after the commit, once a change."""
        ...


class Decided(Protocol):
    """Has a part in who is let in and who is not any more."""

    def __call__(self, tx: Transaction, device: Device, did: Step, command: Command) -> None:
        """``device``, as it was until now, is about to be let in or cut off, in this commit."""
        ...


class Replaced(Protocol):
    """Keeps a book of terminals that take another's place."""

    def __call__(self, tx: Transaction, old: Device, new: Device, place: Place, command: Command) -> None:
        """``new`` has the seat that ``old`` had."""
        ...


class Door(Protocol):
    """The server's own listener of the broker; both raise :class:`server.fleet.errors.BrokerUnreachable`."""

    def accepts(self, topic: str) -> bool:
        """Whether the access list in force lets the warden write to ``topic``."""
        ...

    def take_over(self, client_id: str) -> None:
        """End the session of ``client_id``."""
        ...
