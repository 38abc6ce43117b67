"""The book of the terminals in the database. Entries name terminal and seat as they were then, and outlive both.

Usage: ``SqlUpkeepStore().entries(connection)``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table, select

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.upkeep.model import Correction, Entry, Kind, Plan, Said, Tally, Terminal

_ID: Final = sa.String(18)

ENTRIES: Final = Table(
    "upkeep_entries",
    metadata,
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("device", _ID, nullable=False, index=True),
    Column("serial", sa.String(64), nullable=False),
    Column("seat", _ID, nullable=True, index=True),
    Column("seat_label", sa.String(80), nullable=False),
    Column("room", _ID, nullable=True),
    Column("room_name", sa.String(200), nullable=False),
    Column("kind", sa.String(20), nullable=False),
    Column("day", sa.Date, nullable=False),
    Column("found", sa.Text, nullable=False),
    Column("done", sa.Text, nullable=False),
    Column("by_whom", sa.String(200), nullable=False),
    Column("cost", sa.BigInteger, nullable=True),
    Column("closed_on", sa.Date, nullable=True),
    Column("at", Moment, nullable=False),
    Column("by", sa.String(80), nullable=False),
    Column("by_name", sa.String(200), nullable=False),
    Column("source", sa.String(40), nullable=False, index=True),
    Column("revision", sa.Integer, nullable=False),
)
CORRECTIONS: Final = Table(
    "upkeep_corrections",
    metadata,
    Column("entry", sa.Integer, sa.ForeignKey("upkeep_entries.number"), primary_key=True),
    Column("revision", sa.Integer, primary_key=True),
    Column("was", sa.Text, nullable=False),
    Column("reason", sa.String(500), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by_name", sa.String(200), nullable=False),
)
PLANS: Final = Table(
    "upkeep_plans",
    metadata,
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("device", _ID, nullable=True),
    Column("room", _ID, nullable=True),
    Column("every_months", sa.Integer, nullable=False),
    Column("first_day", sa.Date, nullable=False),
    Column("what", sa.String(500), nullable=False),
    Column("made_on", sa.Date, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by_name", sa.String(200), nullable=False),
    Column("ended_at", Moment, nullable=True),
)
_ROOMS: Final = sa.table("rooms", sa.column("id"), sa.column("name"))
_TERMINAL: Final = ("device", "serial", "seat", "seat_label", "room", "room_name")
_ORDER: Final = (ENTRIES.c.day.desc(), ENTRIES.c.number.desc())


class SqlUpkeepStore:
    """The ``UpkeepStore`` of both databases."""

    def hold(self, tx: Connection) -> None:
        """Nobody else adds an entry or a plan until the transaction ends."""
        if tx.dialect.name != "sqlite":
            tx.execute(sa.text("LOCK TABLE upkeep_entries, upkeep_plans IN SHARE ROW EXCLUSIVE MODE"))

    def newest(self, tx: Connection) -> int:
        """The highest number of an entry; 0 without any."""
        return _highest(tx, ENTRIES)

    def add(self, tx: Connection, entry: Entry) -> None:
        """One more."""
        tx.execute(sa.insert(ENTRIES).values(_entry_values(entry)))

    def change(self, tx: Connection, entry: Entry, correction: Correction) -> None:
        """From now on it says this; what it said before is kept."""
        tx.execute(sa.update(ENTRIES).where(ENTRIES.c.number == entry.number).values(_entry_values(entry)))
        tx.execute(
            sa.insert(CORRECTIONS).values(
                entry=correction.entry,
                revision=correction.revision,
                was=json.dumps(correction.was),
                reason=correction.reason,
                at=correction.at,
                by_name=correction.by_name,
            )
        )

    def find(self, tx: Connection, number: int) -> Entry | None:
        """By number; nobody else changes it until the transaction ends."""
        row = tx.execute(select(ENTRIES).where(ENTRIES.c.number == number).with_for_update()).one_or_none()
        return None if row is None else _entry(row)

    def by_source(self, tx: Connection, source: str) -> Entry | None:
        """What wrote itself from there."""
        wanted = select(ENTRIES).where(ENTRIES.c.source == source).order_by(ENTRIES.c.number).limit(1)
        row = tx.execute(wanted).one_or_none()
        return None if row is None else _entry(row)

    def entries(self, tx: Connection) -> Sequence[Entry]:
        """All, the newest day first."""
        return [_entry(row) for row in tx.execute(select(ENTRIES).order_by(*_ORDER))]

    def tallies(self, tx: Connection) -> Mapping[str, Tally]:
        """What counts of each terminal that stands in the book; counted by the database, without the texts."""
        is_open = (ENTRIES.c.kind == Kind.FAULT.value) & ENTRIES.c.closed_on.is_(None)
        opened = sa.func.count(sa.case((is_open, 1)))
        last = sa.func.max(sa.case((ENTRIES.c.kind == Kind.UPKEEP.value, ENTRIES.c.day)))
        counted = select(ENTRIES.c.device, opened.label("open"), sa.type_coerce(last, sa.Date).label("last"))
        return {row.device: Tally(row.open, row.last) for row in tx.execute(counted.group_by(ENTRIES.c.device))}

    def history(self, tx: Connection, *, device: str, seat: str | None) -> Sequence[Entry]:
        """Of a terminal and of the seat it stands at, the newest day first."""
        mine = ENTRIES.c.device == device
        wanted = mine if seat is None else mine | (ENTRIES.c.seat == seat)
        return [_entry(row) for row in tx.execute(select(ENTRIES).where(wanted).order_by(*_ORDER))]

    def corrections(self, tx: Connection, entries: Sequence[int]) -> Sequence[Correction]:
        """What stood in these entries before, the newest first."""
        wanted = select(CORRECTIONS).where(CORRECTIONS.c.entry.in_(entries))
        rows = tx.execute(wanted.order_by(CORRECTIONS.c.entry, CORRECTIONS.c.revision.desc()))
        return [
            Correction(row.entry, row.revision, json.loads(row.was), row.reason, row.at, row.by_name) for row in rows
        ]

    def has_room(self, tx: Connection, room: str) -> bool:
        """Whether there is such a room."""
        return tx.execute(select(_ROOMS.c.id).where(_ROOMS.c.id == room)).scalar() is not None

    def newest_plan(self, tx: Connection) -> int:
        """The highest number of a plan; 0 without any."""
        return _highest(tx, PLANS)

    def plans(self, tx: Connection) -> Sequence[Plan]:
        """Those that have not ended."""
        rows = tx.execute(select(PLANS).where(PLANS.c.ended_at.is_(None)).order_by(PLANS.c.number))
        return [Plan(*row) for row in rows]

    def plan(self, tx: Connection, number: int) -> Plan | None:
        """By number, ended or not; nobody else changes it until the transaction ends."""
        row = tx.execute(select(PLANS).where(PLANS.c.number == number).with_for_update()).one_or_none()
        return None if row is None else Plan(*row)

    def room_names(self, tx: Connection) -> Mapping[str, str]:
        """Of every room, also one without terminals."""
        return {row.id: row.name for row in tx.execute(select(_ROOMS.c.id, _ROOMS.c.name))}

    def keep_plan(self, tx: Connection, plan: Plan) -> None:
        """A new plan, or what it is from now on."""
        tx.execute(upsert(tx, PLANS, values=asdict(plan), key=("number",)))


def _highest(tx: Connection, table: Table) -> int:
    return int(tx.execute(select(sa.func.coalesce(sa.func.max(table.c.number), 0))).scalar_one())


def _entry_values(entry: Entry) -> dict[str, Any]:
    own = {name: getattr(entry, name) for name in ("number", "at", "by", "by_name", "source", "revision")}
    return {**own, **asdict(entry.terminal), **asdict(entry.said), "kind": entry.said.kind.value}


def _entry(row: sa.Row[Any]) -> Entry:
    said = Said(Kind(row.kind), row.day, row.found, row.done, row.by_whom, row.cost, row.closed_on)
    terminal = Terminal(**{name: getattr(row, name) for name in _TERMINAL})
    return Entry(row.number, terminal, said, row.at, row.by, row.by_name, row.source, row.revision)
