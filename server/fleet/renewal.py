"""A terminal renews its certificate with a new key over mutual TLS (EST, RFC 7030 § 4.2.2; W182, W183).

Rules: three things have to fit: the certificate that the connection was made with, the device's own signature over the
request, and the name in the request. What was issued and the one before both count until the device has said hello with
the new one; then the old is taken back. A device has at most one certificate that was never seen. The same request gets
the same answer, and no device asks without end: IT is told once.

Usage::

    bundle = renewals.renew(request, body, presented=serial, proof=signature, at=now)
    renewals.seen(device, serial)         # a hello named it
"""

from __future__ import annotations

import datetime as dt
import threading
from typing import Final

from sealing.signatures import device_verifier
from server.clock import Clock
from server.fleet.errors import DeviceRevoked, RenewalRefused, TooManyRequests
from server.fleet.limits import AddressLimit
from server.fleet.model import Alert, Certificate, Device, DeviceState
from server.fleet.ports import AccessControl, DeviceStore, Issuer
from server.journal import Journal
from server.pki.requests import EnrolmentRequest
from server.unit import Transaction, UnitOfWork
from wire.envelope import pae, payload_type
from wire.errors import BadSignature
from wire.ids import DeviceId

#: A device that works asks once in ten days, and again when an answer was lost.
RENEWALS_AT_ONCE: Final = 6
RENEWALS_PER_S: Final = 1 / 600
#: What the record calls an alert about a device.
ALERTED: Final = {
    Alert.REENROLLED: "device_reenrolled",
    Alert.RENEWS_TOO_OFTEN: "device_renews_too_often",
    Alert.COPIED: "device_copied",
    Alert.FIRST_KEY: "device_first_key",
    Alert.STORE_LOST: "device_store_lost",
}
SERVER: Final = "system"


class Renewals:
    """The use cases; may be called by many threads. Nothing is read from the database while it is put together."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: DeviceStore,
        *,
        issuer: Issuer,
        access: AccessControl,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._issuer: Final = issuer
        self._access: Final = access
        self._journal: Final = journal
        self._clock: Final = clock
        self._limit: Final = AddressLimit(burst=RENEWALS_AT_ONCE, per_s=RENEWALS_PER_S)
        self._lock: Final = threading.Lock()
        #: certificates nobody has said hello with, so that a hello of five hundred seats asks no database; None: unread
        self._unseen: dict[int, DeviceId] | None = None

    def renew(self, request: EnrolmentRequest, body: bytes, *, presented: int, proof: bytes, now: dt.datetime) -> bytes:
        """The new certificate as EST sends it.

        ``body``: the request as it came; ``presented``: the serial number of the certificate of the connection;
        ``proof``: the device's signature over the request. Raises RenewalRefused, DeviceRevoked, TooManyRequests.
        """
        with self._unit.read() as tx:
            old, device = self._asker(tx, presented)
        if old.revoked_at is not None:
            # The device was seen with a newer one since: whoever shows this has a copy of what it was.
            self.raise_alert(device.id, Alert.COPIED)
            raise RenewalRefused(why="the certificate of the connection was taken back")
        _must_fit(request, old, device, body=body, proof=proof, now=now)
        try:
            self._limit.take(device.id, at_s=self._clock.monotonic_s())
        except TooManyRequests:
            self.raise_alert(device.id, Alert.RENEWS_TOO_OFTEN)
            raise
        with self._unit.begin() as tx:
            # Looked at again: it may have been revoked in between.
            old, device = self._asker(tx, presented)
            return self._issuer.bundle(self._issued(tx, request, old, device, now=now))

    def issued(self, certificate: Certificate) -> None:
        """A certificate was issued by another way; a hello with it is looked for, too."""
        with self._lock:
            if self._unseen is not None:
                self._unseen[certificate.serial] = certificate.device

    def seen(self, device: DeviceId, serial: int) -> None:
        """A hello of the device named this certificate: what it had before is taken back (W183)."""
        with self._lock:
            if self._unseen is None:
                with self._unit.read() as tx:
                    self._unseen = dict(self._store.unseen(tx))
            if self._unseen.get(serial) != device:
                return
        with self._unit.begin() as tx:
            found = self._store.certificate(tx, serial)
            if found is not None and found.device == device and found.revoked_at is None:
                self._store.seen(tx, found, now=self._clock.now())
        with self._lock:
            self._unseen.pop(serial, None)
        self._access.follow()

    def alert(self, tx: Transaction, device: DeviceId, kind: Alert, *, now: dt.datetime, detail: str = "") -> None:
        """Have IT told; on record when it is new."""
        if self._store.alert(tx, device, kind, now=now, detail=detail):
            self._journal.record(tx, ALERTED[kind], {"device": device}, actor=SERVER, now=now)

    def raise_alert(self, device: DeviceId, kind: Alert, *, detail: str = "") -> None:
        """The same in a transaction of its own."""
        with self._unit.begin() as tx:
            self.alert(tx, device, kind, now=self._clock.now(), detail=detail)

    def _asker(self, tx: Transaction, presented: int) -> tuple[Certificate, Device]:
        old = self._store.certificate(tx, presented)
        device = None if old is None else self._store.find(tx, old.device)
        if old is None or device is None:
            raise RenewalRefused(why="no certificate of a device")
        if device.state is not DeviceState.APPROVED:
            raise DeviceRevoked
        return old, device

    def _issued(
        self, tx: Transaction, request: EnrolmentRequest, old: Certificate, device: Device, *, now: dt.datetime
    ) -> Certificate:
        newest = self._store.newest_certificate(tx, device.id)
        if newest is not None and self._issuer.key_of(newest) == request.spki:
            return newest
        made = self._issuer.issue(device.id, spki=request.spki, now=now)
        self._store.drop_unseen(tx, device.id, but=old.serial, now=now)
        self._store.add_certificate(tx, made)
        self.issued(made)
        return made


def proven(body: bytes) -> bytes:
    """What a device signs to renew: the request as it is posted, with its type before it (W182)."""
    return pae(payload_type("renewal"), body)


def _must_fit(
    request: EnrolmentRequest, old: Certificate, device: Device, *, body: bytes, proof: bytes, now: dt.datetime
) -> None:
    if now >= old.until:
        raise RenewalRefused(why="the certificate of the connection has ended")
    if request.serial != device.id:
        raise RenewalRefused(why="the name is not that of the certificate")
    if request.spki == device.spki:
        raise RenewalRefused(why="the key is not new")
    try:
        device_verifier(lambda _: device.spki)(device.id, proven(body), proof)
    except BadSignature:
        raise RenewalRefused(why="not signed by the device's own key") from None
