"""Devices, their certificates and the links of displays in the database.

Rules: a seat has at most one device (a unique column: revoked devices have none); certificates and decisions stay; the
tables of rooms belong to another feature and are only read here.

Usage: `SqlDeviceStore().find(connection, device)`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.fleet.errors import SeatTaken
from server.fleet.model import AccessWanted, Alert, Certificate, Decision, Device, DeviceState, Place, Told, Wiped
from server.pki.model import Revoked
from server.pki.requests import EnrolmentRequest
from wire.ids import DeviceId, RoomId, SeatId

_ID: Final = sa.String(18)

devices = sa.Table(
    "devices",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("code", sa.String(14), nullable=False),
    sa.Column("spki", sa.LargeBinary, nullable=False),
    sa.Column("serial", sa.String(64), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("seat", _ID, sa.ForeignKey("seats.id"), nullable=True, unique=True),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("decided_at", Moment, nullable=True),
    sa.Column("decided_by", sa.String(80), nullable=True),
    sa.Column("reason", sa.String(500), nullable=False),
)
certificates = sa.Table(
    "device_certificates",
    metadata,
    sa.Column("serial", sa.String(40), primary_key=True),
    sa.Column("device", _ID, sa.ForeignKey("devices.id"), nullable=False, index=True),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("revoked_at", Moment, nullable=True),
    sa.Column("seen_at", Moment, nullable=True),
)
alerts = sa.Table(
    "device_alerts",
    metadata,
    sa.Column("device", _ID, sa.ForeignKey("devices.id"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("detail", sa.String(500), nullable=False),
)
wipes = sa.Table(
    "device_wipes",
    metadata,
    sa.Column("device", _ID, sa.ForeignKey("devices.id"), primary_key=True),
    sa.Column("ordered_at", Moment, nullable=True),
    sa.Column("wiped_at", Moment, nullable=True),
    sa.Column("receipt", sa.LargeBinary, nullable=True),
)
_seats = sa.table("seats", sa.column("id"), sa.column("room"), sa.column("label"))
_rooms = sa.table("rooms", sa.column("id"), sa.column("name"))

#: A row of another version of this program says nothing to this one, and hides nothing else.
_IS_KNOWN: Final = alerts.c.kind.in_([each.value for each in Alert])


class SqlDeviceStore:
    """The ``DeviceStore`` of both databases."""

    def find(self, tx: Connection, device: DeviceId) -> Device | None:
        """The device, None when it never asked."""
        row = tx.execute(_select().where(devices.c.id == device)).one_or_none()
        return None if row is None else _device(row)

    def at_seat(self, tx: Connection, seat: str) -> Device | None:
        """The approved device of a seat."""
        row = tx.execute(_select().where(devices.c.seat == seat)).one_or_none()
        return None if row is None else _device(row)

    def all(self, tx: Connection) -> Sequence[Device]:
        """Every device, the latest request first."""
        rows = tx.execute(_select().order_by(devices.c.requested_at.desc(), devices.c.id)).all()
        return [_device(row) for row in rows]

    def place(self, tx: Connection, seat: str) -> Place | None:
        """A seat with its room, None when there is no such seat."""
        found = sa.select(_seats.c.id, _seats.c.label, _seats.c.room, _rooms.c.name)
        row = tx.execute(
            found.select_from(_seats).join(_rooms, _rooms.c.id == _seats.c.room).where(_seats.c.id == seat)
        ).one_or_none()
        return None if row is None else Place(SeatId(row.id), row.label, RoomId(row.room), row.name)

    def add(self, tx: Connection, request: EnrolmentRequest, *, address: str, now: dt.datetime) -> None:
        """A new pending device; the same one again changes nothing."""
        values = {
            "id": request.device,
            "code": request.code,
            "spki": request.spki,
            "serial": request.serial,
            "address": address,
            "state": DeviceState.PENDING.value,
            "requested_at": now,
            "asked_at": now,
            "reason": "",
        }
        if tx.dialect.name == "sqlite":
            tx.execute(sqlite.insert(devices).values(values).on_conflict_do_nothing())
        else:
            tx.execute(postgresql.insert(devices).values(values).on_conflict_do_nothing())

    def touch(self, tx: Connection, device: DeviceId, *, serial: str, now: dt.datetime) -> None:
        """A pending device has asked again."""
        tx.execute(sa.update(devices).where(devices.c.id == device).values(asked_at=now, serial=serial))

    def pending(self, tx: Connection, *, address: str | None = None) -> int:
        """How many devices wait for IT, altogether or from one address."""
        waiting = devices.c.state == DeviceState.PENDING.value
        if address is not None:
            waiting &= devices.c.address == address
        return tx.execute(sa.select(sa.func.count()).select_from(devices).where(waiting)).scalar_one()

    def forget(self, tx: Connection, *, before: dt.datetime) -> None:
        """Drop pending devices that have not asked since ``before``."""
        waiting = devices.c.state == DeviceState.PENDING.value
        tx.execute(sa.delete(devices).where(waiting, devices.c.asked_at < before))

    def decide(self, tx: Connection, device: Device, decision: Decision) -> None:
        """Keep a device's new state and place; raises SeatTaken when another was faster."""
        values = {
            "state": device.state.value,
            "seat": device.place.seat if device.place else None,
            "decided_at": decision.at,
            "decided_by": decision.by,
            "reason": decision.reason,
        }
        try:
            tx.execute(sa.update(devices).where(devices.c.id == device.id).values(values))
        except IntegrityError as taken:
            raise SeatTaken(seat_label=device.place.label if device.place else "") from taken

    def add_certificate(self, tx: Connection, certificate: Certificate) -> None:
        """Keep what was issued."""
        tx.execute(
            sa.insert(certificates).values(
                serial=f"{certificate.serial:040x}",
                device=certificate.device,
                der=certificate.der,
                issued_at=certificate.issued_at,
                until=certificate.until,
            )
        )

    def newest_certificate(self, tx: Connection, device: DeviceId) -> Certificate | None:
        """The last one issued to a device that still counts."""
        mine = sa.select(certificates).where(certificates.c.device == device, certificates.c.revoked_at.is_(None))
        row = tx.execute(mine.order_by(certificates.c.issued_at.desc()).limit(1)).one_or_none()
        return None if row is None else _certificate(row)

    def certificate(self, tx: Connection, serial: int) -> Certificate | None:
        """One certificate, also one that no longer counts."""
        row = tx.execute(sa.select(certificates).where(certificates.c.serial == f"{serial:040x}")).one_or_none()
        return None if row is None else _certificate(row)

    def unseen(self, tx: Connection) -> Mapping[int, DeviceId]:
        """Every certificate that counts and that no device has said hello with."""
        wanted = certificates.c.seen_at.is_(None) & certificates.c.revoked_at.is_(None)
        rows = tx.execute(sa.select(certificates.c.serial, certificates.c.device).where(wanted))
        return {int(row.serial, 16): DeviceId(row.device) for row in rows}

    def seen(self, tx: Connection, certificate: Certificate, *, now: dt.datetime) -> None:
        """The device has said hello with it: all its older ones no longer count."""
        tx.execute(
            sa.update(certificates)
            .where(certificates.c.serial == f"{certificate.serial:040x}", certificates.c.seen_at.is_(None))
            .values(seen_at=now)
        )
        older = (certificates.c.issued_at <= certificate.issued_at) & (
            certificates.c.serial != f"{certificate.serial:040x}"
        )
        mine = (certificates.c.device == certificate.device) & certificates.c.revoked_at.is_(None)
        tx.execute(sa.update(certificates).where(mine, older).values(revoked_at=now))

    def drop_unseen(self, tx: Connection, device: DeviceId, *, but: int, now: dt.datetime) -> None:
        """Take back what was issued to a device and never seen, except the certificate ``but``."""
        mine = (certificates.c.device == device) & certificates.c.revoked_at.is_(None)
        unseen = certificates.c.seen_at.is_(None) & (certificates.c.serial != f"{but:040x}")
        tx.execute(sa.update(certificates).where(mine, unseen).values(revoked_at=now))

    def alert(self, tx: Connection, device: DeviceId, kind: Alert, *, now: dt.datetime, detail: str = "") -> bool:
        """Keep that this was so once more; whether it is new."""
        mine = (alerts.c.device == device) & (alerts.c.kind == kind.value)
        again = tx.execute(sa.update(alerts).where(mine).values(last_at=now, times=alerts.c.times + 1, detail=detail))
        if again.rowcount:
            return False
        values = {"device": device, "kind": kind.value, "since": now, "last_at": now, "times": 1, "detail": detail}
        insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
        return bool(tx.execute(insert(alerts).values(values).on_conflict_do_nothing()).rowcount)

    def alerts(self, tx: Connection) -> Sequence[Told]:
        """What nobody has settled, the oldest first."""
        wanted = sa.select(alerts).where(_IS_KNOWN).order_by(alerts.c.since, alerts.c.kind)
        return [_told(row) for row in tx.execute(wanted)]

    def alerts_of(self, tx: Connection, device: DeviceId) -> Sequence[Told]:
        """The same of one device."""
        return [_told(row) for row in tx.execute(sa.select(alerts).where(_IS_KNOWN, alerts.c.device == device))]

    def alter(self, tx: Connection, device: DeviceId, kind: Alert, *, was: str, detail: str, now: dt.datetime) -> bool:
        """Put ``detail`` where ``was`` stands; False when it does not stand there."""
        mine = (alerts.c.device == device) & (alerts.c.kind == kind.value) & (alerts.c.detail == was)
        return bool(tx.execute(sa.update(alerts).where(mine).values(detail=detail, last_at=now)).rowcount)

    def settle(self, tx: Connection, device: DeviceId, kind: Alert) -> str | None:
        """IT knows; the detail of the alert, None when there was none."""
        mine = (alerts.c.device == device) & (alerts.c.kind == kind.value)
        detail = tx.execute(sa.select(alerts.c.detail).where(mine)).scalar_one_or_none()
        tx.execute(sa.delete(alerts).where(mine))
        return None if detail is None else str(detail)

    def revoke_certificates(self, tx: Connection, device: DeviceId, *, now: dt.datetime) -> None:
        """Mark all certificates of a device as revoked."""
        mine = (certificates.c.device == device) & certificates.c.revoked_at.is_(None)
        tx.execute(sa.update(certificates).where(mine).values(revoked_at=now))

    def order_wipe(self, tx: Connection, device: DeviceId, *, now: dt.datetime) -> None:
        """IT has ordered a device to destroy what it keeps."""
        _upsert(tx, wipes, {"device": device, "ordered_at": now})

    def wiped(self, tx: Connection, device: DeviceId, *, receipt: bytes, now: dt.datetime) -> bool:
        """The device's receipt came; whether it is the first."""
        done = sa.select(wipes.c.wiped_at).where(wipes.c.device == device)
        if tx.execute(done).scalar() is not None:
            return False
        _upsert(tx, wipes, {"device": device, "wiped_at": now, "receipt": receipt})
        return True

    def wipes(self, tx: Connection) -> Mapping[DeviceId, Wiped]:
        """Orders and receipts by device."""
        rows = tx.execute(sa.select(wipes.c.device, wipes.c.ordered_at, wipes.c.wiped_at))
        return {DeviceId(row.device): Wiped(DeviceId(row.device), row.ordered_at, row.wiped_at) for row in rows}

    def access_wanted(self, tx: Connection, *, now: dt.datetime) -> AccessWanted:
        """What the broker is to be told now. Certificates that have expired need no line in the revocation list."""
        approved = sa.select(devices.c.id, _seats.c.room).select_from(devices)
        members = tx.execute(
            approved.outerjoin(_seats, _seats.c.id == devices.c.seat)
            .where(devices.c.state == DeviceState.APPROVED.value)
            .order_by(devices.c.id)
        ).all()
        revoked = tx.execute(
            sa.select(certificates.c.serial, certificates.c.device, certificates.c.revoked_at, devices.c.state)
            .join(devices, devices.c.id == certificates.c.device)
            .where(certificates.c.revoked_at.is_not(None), certificates.c.until > now)
            .order_by(certificates.c.serial)
        ).all()
        approved_state = DeviceState.APPROVED.value
        return AccessWanted(
            tuple((DeviceId(row.id), None if row.room is None else RoomId(row.room)) for row in members),
            tuple(Revoked(int(row.serial, 16), row.revoked_at) for row in revoked),
            # An approved device with such a line has been given another certificate: it stays connected.
            tuple(sorted({DeviceId(row.device) for row in revoked if row.state != approved_state})),
        )


def _told(row: sa.Row[Any]) -> Told:
    return Told(DeviceId(row.device), Alert(row.kind), row.since, row.last_at, row.times, row.detail)


def _upsert(tx: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    rest = {name: value for name, value in values.items() if name != "device"}
    tx.execute(insert(table).values(values).on_conflict_do_update(index_elements=["device"], set_=rest))


def _certificate(row: sa.Row[Any]) -> Certificate:
    serial, device = int(row.serial, 16), DeviceId(row.device)
    return Certificate(serial, device, row.der, row.issued_at, row.until, row.seen_at, row.revoked_at)


def _select() -> sa.Select[Any]:
    until = (
        sa.select(sa.func.max(certificates.c.until))
        .where(certificates.c.device == devices.c.id, certificates.c.revoked_at.is_(None))
        .scalar_subquery()
    )
    return (
        sa.select(devices, _seats.c.label, _seats.c.room, _rooms.c.name, sa.type_coerce(until, Moment).label("until"))
        .select_from(devices)
        .outerjoin(_seats, _seats.c.id == devices.c.seat)
        .outerjoin(_rooms, _rooms.c.id == _seats.c.room)
    )


def _device(row: sa.Row[Any]) -> Device:
    place = None if row.seat is None else Place(SeatId(row.seat), row.label, RoomId(row.room), row.name)
    return Device(
        id=DeviceId(row.id),
        code=row.code,
        spki=row.spki,
        serial=row.serial,
        state=DeviceState(row.state),
        requested_at=row.requested_at,
        asked_at=row.asked_at,
        place=place,
        certificate_until=row.until,
        decided_at=row.decided_at,
    )
