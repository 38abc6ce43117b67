"""Rows of lists of terminals in the database. Of a code there is its hash, and nothing once it is used or ended.

Usage: ``SqlPromiseStore().of_serial(connection, "PH-0042")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table, select

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once
from server.enrolment.model import SHOWN_FOR, Promise, Seat, State
from wire.ids import DeviceId

_ID: Final = sa.String(18)

PROMISES: Final = Table(
    "enrolment_rows",
    metadata,
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("serial", sa.String(64), nullable=False, index=True),
    Column("code_hash", sa.String(200), nullable=False),
    Column("seat", _ID, nullable=False),
    Column("seat_label", sa.String(80), nullable=False),
    Column("room_name", sa.String(200), nullable=False),
    Column("by", sa.String(80), nullable=False),
    Column("by_name", sa.String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("state", sa.String(20), nullable=False, index=True),
    Column("device", _ID, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Column("wrong", sa.Integer, nullable=False),
    Column("other", _ID, nullable=True),
    Column("other_at", Moment, nullable=True),
)
TRIES: Final = Table(
    "enrolment_tries",
    metadata,
    Column("number", sa.Integer, sa.ForeignKey("enrolment_rows.number"), primary_key=True),
    Column("tag", sa.String(16), primary_key=True),
)
_SEATS: Final = sa.table("seats", sa.column("id"), sa.column("room"), sa.column("label"))
_ROOMS: Final = sa.table("rooms", sa.column("id"), sa.column("name"))
_DEVICES: Final = sa.table("devices", sa.column("seat"))
_NEWEST: Final = 500
_SAME: Final = (
    "number", "serial", "code_hash", "seat", "seat_label", "room_name", "by", "by_name", "at", "until", "device",
    "ended_at", "wrong", "other", "other_at",
)  # fmt: skip


class SqlPromiseStore:
    """The ``PromiseStore`` of both databases."""

    def hold(self, tx: Connection) -> None:
        """Nobody else adds one until the transaction ends."""
        if tx.dialect.name != "sqlite":
            tx.execute(sa.text("LOCK TABLE enrolment_rows IN SHARE ROW EXCLUSIVE MODE"))

    def newest(self, tx: Connection) -> int:
        """The highest number; 0 without any."""
        return int(tx.execute(select(sa.func.coalesce(sa.func.max(PROMISES.c.number), 0))).scalar_one())

    def add(self, tx: Connection, promises: Sequence[Promise]) -> None:
        """More of them."""
        if promises:
            tx.execute(sa.insert(PROMISES), [_values(each) for each in promises])

    def save(self, tx: Connection, promise: Promise) -> None:
        """From now on it is this."""
        tx.execute(sa.update(PROMISES).where(PROMISES.c.number == promise.number).values(_values(promise)))

    def find(self, tx: Connection, number: int) -> Promise | None:
        """By number; nobody else changes it until the transaction ends."""
        row = tx.execute(select(PROMISES).where(PROMISES.c.number == number).with_for_update()).one_or_none()
        return None if row is None else _promise(row)

    def names(self, tx: Connection, serial: str) -> bool:
        """Whether any row is of this serial."""
        return tx.execute(select(PROMISES.c.number).where(PROMISES.c.serial == serial).limit(1)).scalar() is not None

    def of_serial(self, tx: Connection, serial: str) -> Promise | None:
        """The newest of a serial that was not taken back; nobody else changes it until the transaction ends."""
        wanted = (PROMISES.c.serial == serial) & (PROMISES.c.state != State.TAKEN_BACK.value)
        newest = select(PROMISES).where(wanted).order_by(PROMISES.c.number.desc()).limit(1)
        row = tx.execute(newest.with_for_update()).one_or_none()
        return None if row is None else _promise(row)

    def waiting(self, tx: Connection, *, now: dt.datetime) -> Sequence[Promise]:
        """Those whose code lets a machine in."""
        wanted = (PROMISES.c.state == State.WAITING.value) & (PROMISES.c.until > now)
        return [_promise(row) for row in tx.execute(select(PROMISES).where(wanted))]

    def attention(self, tx: Connection, *, now: dt.datetime) -> int:
        """How many want IT's eyes: locked, a second machine with the serial, the promised seat given to another."""
        is_open = (PROMISES.c.state == State.WAITING.value) & (PROMISES.c.until > now)
        # Only a terminal that is in has a seat.
        is_taken = PROMISES.c.seat.in_(select(_DEVICES.c.seat).where(_DEVICES.c.seat.is_not(None)))
        wanted = (PROMISES.c.state == State.LOCKED.value) | PROMISES.c.other_at.is_not(None) | (is_open & is_taken)
        return int(tx.execute(select(sa.func.count()).select_from(PROMISES).where(wanted)).scalar_one())

    def shown(self, tx: Connection, *, now: dt.datetime) -> Sequence[Promise]:
        """What waits or wants to be seen, and the newest of the rest; the newest list first, its rows as they stood."""
        waits = (PROMISES.c.state == State.WAITING.value) & (PROMISES.c.until > now - SHOWN_FOR)
        kept = waits | (PROMISES.c.state == State.LOCKED.value) | PROMISES.c.other_at.is_not(None)
        recent = select(PROMISES.c.number).order_by(PROMISES.c.number.desc()).limit(_NEWEST)
        wanted = select(PROMISES).where(kept | PROMISES.c.number.in_(recent))
        wanted = wanted.order_by(PROMISES.c.at.desc(), PROMISES.c.number)
        return [_promise(row) for row in tx.execute(wanted)]

    def tried(self, tx: Connection, number: int, tag: str) -> int:
        """A wrong code, told apart by ``tag``; how many different ones there were."""
        tx.execute(insert_once(tx, TRIES, {"number": number, "tag": tag}))
        mine = select(sa.func.count()).select_from(TRIES).where(TRIES.c.number == number)
        return int(tx.execute(mine).scalar_one())

    def seats(self, tx: Connection) -> Sequence[Seat]:
        """All seats of the house."""
        wanted = select(_SEATS.c.id, _SEATS.c.label, _ROOMS.c.name).join(_ROOMS, _ROOMS.c.id == _SEATS.c.room)
        return [Seat(row.id, row.label, row.name) for row in tx.execute(wanted)]


def _values(promise: Promise) -> dict[str, Any]:
    return {**{name: getattr(promise, name) for name in _SAME}, "state": promise.state.value}


def _promise(row: sa.Row[Any]) -> Promise:
    told = {name: getattr(row, name) for name in _SAME}
    device, other = (None if each is None else DeviceId(each) for each in (row.device, row.other))
    return Promise(**{**told, "device": device, "other": other}, state=State(row.state))
