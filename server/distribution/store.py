"""Links, seat keys, deliveries and receipts in the database.

Rules: keys stand here wrapped, or are public; what a device held stays on record after the device is gone. The table
of meetings belongs to another feature and is only read here.

Usage: ``SqlLinkStore().keys_for(tx, meeting)``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import sqlalchemy as sa

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert_all
from server.distribution.model import DeviceLink, KeptReceipt, SeatKey, SentKey
from server.unit import Transaction
from wire.ids import DeviceId, MeetingId, RoomId
from wire.phases import HOLDING
from wire.topics import PaperVersion

_ID: Final = sa.String(18)
_PORTION: Final = 500

LINKS: Final = sa.Table(
    "device_links",
    metadata,
    sa.Column("device", _ID, primary_key=True),
    sa.Column("wrapped_store_key", sa.LargeBinary, nullable=False),
    sa.Column("session", sa.LargeBinary, nullable=True),
    sa.Column("past_sessions", sa.LargeBinary, nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=True),
    sa.Column("last_number", sa.BigInteger, nullable=False),
    sa.Column("reserved_number", sa.BigInteger, nullable=False),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("wish_sha256", sa.String(64), nullable=False),
    sa.Column("boot", sa.String(64), nullable=False),
    sa.Column("agent", sa.String(64), nullable=False),
    sa.Column("heard_at", Moment, nullable=True),
)
#: Whose it is to write is the fleet; here it is read which of them are revoked.
_DEVICES: Final = sa.table("devices", sa.column("id", _ID), sa.column("state", sa.String))
SEAT_KEYS: Final = sa.Table(
    "seat_keys",
    metadata,
    sa.Column("device", _ID, primary_key=True),
    sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), primary_key=True, index=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("epoch_sent", sa.Integer, nullable=False),
    sa.Column("seat", _ID, nullable=False),
    sa.Column("seat_label", sa.String(80), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("destroyed_at", Moment, nullable=True),
)
DELIVERIES: Final = sa.Table(
    "deliveries",
    metadata,
    sa.Column("device", _ID, primary_key=True),
    sa.Column("paper", _ID, sa.ForeignKey("papers.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("report", sa.LargeBinary, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
RECEIPTS: Final = sa.Table(
    "receipts",
    metadata,
    sa.Column("act", _ID, primary_key=True),
    sa.Column("device", _ID, nullable=False),
    sa.Column("meeting", _ID, sa.ForeignKey("meetings.id"), nullable=False, index=True),
    sa.Column("envelope", sa.LargeBinary, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
)
_MEETINGS: Final = sa.table("meetings", sa.column("id"), sa.column("room"), sa.column("phase"), sa.column("starts_at"))
_LINK_FIELDS: Final = tuple(field.name for field in fields(DeviceLink))
_KEY_FIELDS: Final = tuple(field.name for field in fields(SeatKey))


class SqlLinkStore:
    """The port :class:`server.distribution.ports.LinkStore` in SQL."""

    def links(self, tx: Transaction) -> list[DeviceLink]:
        """All links."""
        return [_link(row) for row in tx.execute(sa.select(LINKS))]

    def link(self, tx: Transaction, device: DeviceId) -> DeviceLink | None:
        """One link."""
        row = tx.execute(sa.select(LINKS).where(LINKS.c.device == device)).one_or_none()
        return None if row is None else _link(row)

    def save_link(self, tx: Transaction, link: DeviceLink) -> None:
        """Keep a link, new or changed."""
        self.save_links(tx, [link])

    def save_links(self, tx: Transaction, links: Sequence[DeviceLink]) -> None:
        """Keep links, new or changed."""
        rows = [{name: getattr(link, name) for name in _LINK_FIELDS} for link in links]
        if rows:
            tx.execute(upsert_all(tx, LINKS, key=("device",)), rows)

    def destroy_store_key(self, tx: Transaction, device: DeviceId) -> None:
        """What the device keeps is opened by nobody any more."""
        tx.execute(LINKS.update().where(LINKS.c.device == device).values(wrapped_store_key=b""))

    def revoked_with_key(self, tx: Transaction) -> list[DeviceId]:
        """Revoked devices whose store key is not destroyed."""
        revoked = sa.select(_DEVICES.c.id).where(_DEVICES.c.state == "revoked")
        found = sa.select(LINKS.c.device).where(LINKS.c.device.in_(revoked), LINKS.c.wrapped_store_key != b"")
        return [DeviceId(device) for device in tx.scalars(found)]

    def reserve_numbers(self, tx: Transaction, *, count: int) -> None:
        """Raise every link's reserved number by ``count``."""
        tx.execute(LINKS.update().values(reserved_number=LINKS.c.reserved_number + count))

    def keys_of(self, tx: Transaction, device: DeviceId) -> list[SeatKey]:
        """The seat keys of a device that are not destroyed."""
        return _keys(tx, SEAT_KEYS.c.device == device)

    def keys_of_all(self, tx: Transaction, devices: Sequence[DeviceId]) -> dict[DeviceId, list[SeatKey]]:
        """The seat keys of these devices that are not destroyed; a device without one is left out."""
        found: dict[DeviceId, list[SeatKey]] = {}
        for at in range(0, len(devices), _PORTION):
            for key in _keys(tx, SEAT_KEYS.c.device.in_(devices[at : at + _PORTION])):
                found.setdefault(key.device, []).append(key)
        return found

    def seats_of(self, tx: Transaction, device: DeviceId, meeting: MeetingId) -> frozenset[str]:
        """The seats at which a device was given a key of the meeting, destroyed since or not."""
        held = (SEAT_KEYS.c.device == device) & (SEAT_KEYS.c.meeting == meeting)
        return frozenset(tx.scalars(sa.select(SEAT_KEYS.c.seat).where(held)))

    def labels_of(self, tx: Transaction, meeting: MeetingId) -> dict[str, str]:
        """The name of the seat at which each device was given a key of the meeting last."""
        query = sa.select(SEAT_KEYS.c.device, SEAT_KEYS.c.seat_label).where(SEAT_KEYS.c.meeting == meeting)
        return {row.device: row.seat_label for row in tx.execute(query)}

    def keys_for(self, tx: Transaction, meeting: MeetingId) -> list[SeatKey]:
        """The seat keys for a meeting that are not destroyed."""
        return _keys(tx, SEAT_KEYS.c.meeting == meeting)

    def sent_keys(self, tx: Transaction) -> list[SentKey]:
        """Who was ever sent a key of the meetings in the phases of holding, destroyed or not."""
        held = _MEETINGS.c.phase.in_([phase.value for phase in HOLDING])
        rows = tx.execute(
            sa.select(SEAT_KEYS.c.meeting, _MEETINGS.c.room, SEAT_KEYS.c.device, SEAT_KEYS.c.epoch_sent)
            .join(_MEETINGS, _MEETINGS.c.id == SEAT_KEYS.c.meeting)
            .where(held & (SEAT_KEYS.c.epoch_sent > 0))
        )
        return [SentKey(MeetingId(row[0]), RoomId(row[1]), DeviceId(row[2]), row[3]) for row in rows]

    def save_key(self, tx: Transaction, key: SeatKey) -> None:
        """Keep a seat key, new or changed."""
        values = {name: getattr(key, name) for name in _KEY_FIELDS}
        where = (SEAT_KEYS.c.device == key.device) & (SEAT_KEYS.c.meeting == key.meeting)
        _save(tx, SEAT_KEYS, values, where=where)

    def held_meetings(self, tx: Transaction, room: str) -> list[MeetingId]:
        """The meetings of a room in the phases of holding, the earliest start first."""
        phases = [phase.value for phase in HOLDING]
        wanted = (_MEETINGS.c.room == room) & _MEETINGS.c.phase.in_(phases)
        rows = tx.execute(sa.select(_MEETINGS.c.id).where(wanted).order_by(_MEETINGS.c.starts_at, _MEETINGS.c.id))
        return [MeetingId(row.id) for row in rows]

    def may_join(self, tx: Transaction, meeting: MeetingId, *, room: str) -> bool:
        """Whether the meeting is held in the room; nobody closes it until the transaction ends.

        SQLite has one writer at a time; PostgreSQL locks the row against ``SqlMeetingStore.hold``, and looks again at
        the phase when a closing was faster.
        """
        phases = [phase.value for phase in HOLDING]
        wanted = (_MEETINGS.c.id == meeting) & (_MEETINGS.c.room == room) & _MEETINGS.c.phase.in_(phases)
        return tx.execute(sa.select(_MEETINGS.c.id).where(wanted).with_for_update(read=True)).first() is not None

    def add_delivery(
        self, tx: Transaction, device: DeviceId, version: PaperVersion, *, report: bytes, at: dt.datetime
    ) -> None:
        """Keep the signed report that a paper is complete on a device; the first one counts."""
        table = DELIVERIES.c
        where = (table.device == device) & (table.paper == version.paper) & (table.version == version.version)
        if tx.execute(sa.select(table.device).where(where)).first() is None:
            values = {"device": device, "paper": version.paper, "version": version.version, "report": report, "at": at}
            tx.execute(DELIVERIES.insert().values(values))

    def deliveries(self, tx: Transaction, version: PaperVersion) -> list[DeviceId]:
        """The devices on which a paper was complete."""
        where = (DELIVERIES.c.paper == version.paper) & (DELIVERIES.c.version == version.version)
        return [DeviceId(row.device) for row in tx.execute(sa.select(DELIVERIES.c.device).where(where))]

    def receipt(self, tx: Transaction, act: str) -> KeptReceipt | None:
        """The receipt of this act, whoever gave it."""
        query = sa.select(RECEIPTS.c.device, RECEIPTS.c.meeting, RECEIPTS.c.envelope).where(RECEIPTS.c.act == act)
        row = tx.execute(query).one_or_none()
        return None if row is None else KeptReceipt(DeviceId(row.device), MeetingId(row.meeting), row.envelope)

    def add_receipt(
        self, tx: Transaction, act: str, *, device: DeviceId, meeting: MeetingId, envelope: bytes, at: dt.datetime
    ) -> None:
        """Keep a signed receipt, and note that the device's key for the meeting is destroyed."""
        digest = hashlib.sha256(envelope).hexdigest()
        values = {"act": act, "device": device, "meeting": meeting, "envelope": envelope, "sha256": digest, "at": at}
        tx.execute(RECEIPTS.insert().values(values))
        held = (SEAT_KEYS.c.device == device) & (SEAT_KEYS.c.meeting == meeting)
        tx.execute(SEAT_KEYS.update().where(held).values(destroyed_at=at))


def _save(tx: Transaction, table: sa.Table, values: dict[str, Any], *, where: sa.ColumnElement[bool]) -> None:
    if tx.execute(table.update().where(where).values(values)).rowcount == 0:
        tx.execute(table.insert().values(values))


def _keys(tx: Transaction, where: sa.ColumnElement[bool]) -> list[SeatKey]:
    rows = tx.execute(
        sa.select(SEAT_KEYS).where(where & SEAT_KEYS.c.destroyed_at.is_(None)).order_by(SEAT_KEYS.c.device)
    )
    return [SeatKey(**{name: getattr(row, name) for name in _KEY_FIELDS}) for row in rows]


def _link(row: sa.Row[Any]) -> DeviceLink:
    return DeviceLink(**{name: getattr(row, name) for name in _LINK_FIELDS})
