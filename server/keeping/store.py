"""Hours, maintenance and cards in the database.

Usage: ``SqlKeepingStore().kept(connection)``
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table, select

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.keeping.model import Card, Kept, RoomHours
from wire.ids import DeviceId, RoomId
from wire.messages import Maintenance

_ID: Final = sa.String(18)
#: Of other parts' tables what is locked here.
_DEVICES: Final = sa.table("devices", sa.column("id", _ID))
_ROOMS: Final = sa.table("rooms", sa.column("id", _ID))
HOURS: Final = Table(
    "screen_hours",
    metadata,
    Column("room", _ID, sa.ForeignKey("rooms.id"), primary_key=True),
    Column("begins", sa.Integer, nullable=False),
    Column("ends", sa.Integer, nullable=False),
)
KEPT: Final = Table(
    "kept_devices",
    metadata,
    Column("device", _ID, sa.ForeignKey("devices.id"), primary_key=True),
    Column("reason", sa.String(300), nullable=False),
    Column("instead", sa.String(80), nullable=False),
    Column("since", Moment, nullable=False),
    Column("by", sa.String(200), nullable=False),
)
CARDS: Final = Table(
    "terminal_cards",
    metadata,
    Column("device", _ID, primary_key=True),
    Column("mac", sa.String(17), nullable=False),
    Column("subnet", sa.String(18), nullable=False),
    Column("wakes", sa.Boolean, nullable=False),
)


class SqlKeepingStore:
    """The ``KeepingStore`` of both databases."""

    def hold_room(self, tx: Connection, room: RoomId) -> None:
        """Nobody else changes its hours until the transaction ends."""
        tx.execute(select(_ROOMS.c.id).where(_ROOMS.c.id == room).with_for_update())

    def hold_device(self, tx: Connection, device: DeviceId) -> None:
        """Nobody else changes its maintenance or its rights until the transaction ends."""
        tx.execute(select(_DEVICES.c.id).where(_DEVICES.c.id == device).with_for_update())

    def hours(self, tx: Connection) -> dict[RoomId, RoomHours]:
        """Of all rooms that have any."""
        return {row.room: RoomHours(row.begins, row.ends) for row in tx.execute(select(HOURS))}

    def put_hours(self, tx: Connection, room: RoomId, hours: RoomHours | None) -> None:
        """From now on; None: none."""
        if hours is None:
            tx.execute(sa.delete(HOURS).where(HOURS.c.room == room))
            return
        tx.execute(upsert(tx, HOURS, values={"room": room, **hours.to_value()}, key=("room",)))

    def kept(self, tx: Connection) -> dict[DeviceId, Kept]:
        """The terminals under maintenance."""
        return {
            row.device: Kept(Maintenance(row.reason, row.since, row.instead), row.by)
            for row in tx.execute(select(KEPT))
        }

    def keep(self, tx: Connection, device: DeviceId, kept: Kept | None) -> None:
        """Under maintenance from now on; None: no more."""
        if kept is None:
            tx.execute(sa.delete(KEPT).where(KEPT.c.device == device))
            return
        said = kept.maintenance
        values = {"device": device, "reason": said.reason, "instead": said.instead, "since": said.since, "by": kept.by}
        tx.execute(upsert(tx, KEPT, values=values, key=("device",)))

    def cards(self, tx: Connection) -> dict[DeviceId, Card]:
        """What terminals said of their cards."""
        return {row.device: Card(row.device, row.mac, row.subnet, row.wakes) for row in tx.execute(select(CARDS))}

    def put_card(self, tx: Connection, card: Card) -> None:
        """As it said last."""
        values = {"device": card.device, "mac": card.mac, "subnet": card.subnet, "wakes": card.wakes}
        tx.execute(upsert(tx, CARDS, values=values, key=("device",)))
