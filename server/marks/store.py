"""Private marks in the database: wrapped keys, and boxes (tables ``mark_keys``, ``mark_devices``, ``marks``).

Rules: nothing readable comes here. The row of a person's key is what their writers wait for each other at.

Usage: ``SqlMarkStore().since(tx, place, after=0, limit=200)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    and_,
    delete,
    func,
    select,
    update,
)

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once, upsert
from server.marks.model import Amount
from server.marks.ports import Kept, Place
from wire.ids import MeetingId
from wire.marks import Sealed

KEYS: Final = Table(
    "mark_keys",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("person", String(18), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("newest", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)
DEVICES: Final = Table(
    "mark_devices",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("person", String(18), primary_key=True),
    Column("device", String(18), primary_key=True),
    Column("given_at", Moment, nullable=False),
)
MARKS: Final = Table(
    "marks",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("person", String(18), primary_key=True),
    Column("mark", String(18), primary_key=True),
    Column("counter", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("box", LargeBinary, nullable=False),
)
_KEY: Final = ("meeting", "person", "mark")


class SqlMarkStore:
    """The ``MarkStore`` of both databases."""

    def add_key(self, tx: Connection, place: Place, wrapped: bytes, *, at: dt.datetime) -> None:
        """Keep a person's key, unless there is one."""
        tx.execute(insert_once(tx, KEYS, _at(place) | {"wrapped_key": wrapped, "newest": 0, "created_at": at}))

    def key(self, tx: Connection, place: Place) -> bytes | None:
        """The wrapped key."""
        found = tx.scalar(select(KEYS.c.wrapped_key).where(_of(KEYS, place)))
        return None if found is None else bytes(found)

    def note_device(self, tx: Connection, place: Place, device: str, *, at: dt.datetime) -> None:
        """The device is given the key."""
        tx.execute(insert_once(tx, DEVICES, _at(place) | {"device": device, "given_at": at}))

    def knows_device(self, tx: Connection, place: Place, device: str) -> bool:
        """Whether it was."""
        row = and_(_of(DEVICES, place), DEVICES.c.device == device)
        return tx.scalar(select(DEVICES.c.device).where(row)) is not None

    def hold(self, tx: Connection, place: Place) -> int | None:
        """The newest number; the row waits for nobody else's pen."""
        tx.execute(update(KEYS).where(_of(KEYS, place)).values(newest=KEYS.c.newest))
        return tx.scalar(select(KEYS.c.newest).where(_of(KEYS, place)))

    def newest(self, tx: Connection, place: Place) -> int:
        """The newest number, 0 when there is none."""
        return int(tx.scalar(select(KEYS.c.newest).where(_of(KEYS, place))) or 0)

    def find(self, tx: Connection, place: Place, marks: Collection[str]) -> list[Sealed]:
        """Those of these that are kept."""
        query = select(MARKS.c.mark, MARKS.c.counter, MARKS.c.box).where(_of(MARKS, place), MARKS.c.mark.in_(marks))
        return [Sealed(mark, counter, bytes(box)) for mark, counter, box in tx.execute(query)]

    def amount(self, tx: Connection, place: Place) -> Amount:
        """How much is kept."""
        living = func.count().filter(MARKS.c.size > 0)
        query = select(living, func.count(), func.coalesce(func.sum(MARKS.c.size), 0)).where(_of(MARKS, place))
        return Amount(*map(int, tx.execute(query).one()))

    def keep(self, tx: Connection, place: Place, marks: Iterable[Kept]) -> None:
        """Put them in place of what was kept under their identifiers."""
        newest = None
        for number, each in marks:
            row = {"mark": each.mark, "counter": each.counter, "number": number, "size": len(each.box), "box": each.box}
            tx.execute(upsert(tx, MARKS, values=_at(place) | row, key=_KEY))
            newest = number
        if newest is not None:
            tx.execute(update(KEYS).where(_of(KEYS, place)).values(newest=newest))

    def since(self, tx: Connection, place: Place, *, after: int, limit: int) -> list[Kept]:
        """The next ones above a number."""
        columns = (MARKS.c.number, MARKS.c.mark, MARKS.c.counter, MARKS.c.box)
        query = select(*columns).where(_of(MARKS, place), MARKS.c.number > after).order_by(MARKS.c.number).limit(limit)
        return [Kept(number, Sealed(mark, counter, bytes(box))) for number, mark, counter, box in tx.execute(query)]

    def meetings(self, tx: Connection) -> list[MeetingId]:
        """The meetings of which anything is kept."""
        return [MeetingId(found) for found in tx.scalars(select(KEYS.c.meeting).distinct())]

    def drop(self, tx: Connection, meeting: MeetingId) -> int:
        """Delete everything of a meeting, the keys first."""
        gone = tx.execute(delete(KEYS).where(KEYS.c.meeting == meeting)).rowcount
        for table in (MARKS, DEVICES):
            tx.execute(delete(table).where(table.c.meeting == meeting))
        return gone


def _at(place: Place) -> dict[str, Any]:
    return {"meeting": place.meeting, "person": place.person}


def _of(table: Table, place: Place) -> ColumnElement[bool]:
    return and_(table.c.meeting == place.meeting, table.c.person == place.person)
