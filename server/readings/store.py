"""Openings and page views in the database (tables ``readings``, ``reading_heads``, ``reading_reminders`` and
``reading_refusals``).

Rules: rows are only added. The row of a meeting's head is what its writers wait for each other at.

Usage: ``SqlReadingStore().rows(tx, meeting, after=0, limit=200)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    func,
    insert,
    select,
    update,
)

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once
from server.readings.model import NOTHING, How, Openers, Row
from server.readings.ports import Head, Numbered, Own, Refused, Reminder
from wire.ids import MeetingId, PaperId
from wire.topics import PaperVersion

ROWS: Final = Table(
    "readings",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", String(18), nullable=False),
    Column("paper", String(18), nullable=False),
    Column("version", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("how", String(10), nullable=False),
    Column("once", String(60), nullable=False),
    Column("place", String(18), nullable=False),
    Column("at", Moment, nullable=False),
    Column("told_at", Moment, nullable=False),
    UniqueConstraint("meeting", "person", "paper", "version", "page", "how", "once", name="uq_readings_once"),
    Index("ix_readings_person", "person", "meeting"),
)
HEADS: Final = Table(
    "reading_heads",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("newest", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
REMINDERS: Final = Table(
    "reading_reminders",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("paper", String(18), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("person", String(18), primary_key=True, index=True),
    Column("count", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)
REFUSALS: Final = Table(
    "reading_refusals",
    metadata,
    Column("device", String(18), primary_key=True),
    Column("why", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)


class SqlReadingStore:
    """The ``ReadingStore`` of both databases."""

    def add(self, tx: Connection, meeting: MeetingId, rows: Sequence[Row], *, told_at: dt.datetime) -> int:
        """Keep those that are new; how many."""
        newest = _hold(tx, meeting)
        known = _known(tx, meeting, rows)
        fresh = list({row.key: row for row in rows if row.key not in known}.values())
        if fresh:
            values = [
                {"meeting": meeting, "number": number, "told_at": told_at, **_values(row)}
                for number, row in enumerate(fresh, start=newest + 1)
            ]
            tx.execute(insert(ROWS), values)
            tx.execute(update(HEADS).where(HEADS.c.meeting == meeting).values(newest=newest + len(fresh)))
        return len(fresh)

    def openers(self, tx: Connection, meeting: MeetingId) -> Openers:
        """Who opened a paper's version."""
        opened = and_(ROWS.c.meeting == meeting, ROWS.c.how == How.OPENED.value)
        query = select(ROWS.c.paper, ROWS.c.version, ROWS.c.person).where(opened).distinct()
        found: dict[tuple[str, int], set[str]] = {}
        for paper, version, person in tx.execute(query):
            found.setdefault((paper, version), set()).add(person)
        return found

    def rows(
        self, tx: Connection, meeting: MeetingId, *, after: int = 0, limit: int, person: str = "", paper: str = ""
    ) -> list[Numbered]:
        """Rows above a number, in the order of their numbers."""
        where = [ROWS.c.meeting == meeting, ROWS.c.number > after]
        where += [ROWS.c.person == person] if person else []
        where += [ROWS.c.paper == paper] if paper else []
        query = select(ROWS).where(and_(*where)).order_by(ROWS.c.number).limit(limit)
        return [Numbered(found.number, _row(found), found.told_at) for found in tx.execute(query)]

    def of_person(self, tx: Connection, person: str) -> list[Own]:
        """In which meetings there are rows of them, the newest row first."""
        newest = func.max(ROWS.c.at)
        query = select(ROWS.c.meeting, func.count(), newest).where(ROWS.c.person == person).group_by(ROWS.c.meeting)
        return [Own(MeetingId(row[0]), row[1], row[2]) for row in tx.execute(query.order_by(newest.desc()))]

    def people(self, tx: Connection, meeting: MeetingId) -> list[str]:
        """Everybody of whom there is a row."""
        query = select(ROWS.c.person).where(ROWS.c.meeting == meeting).distinct().order_by(ROWS.c.person)
        return list(tx.scalars(query))

    def head(self, tx: Connection, meeting: MeetingId) -> Head:
        """How far they reach."""
        found = tx.execute(select(HEADS).where(HEADS.c.meeting == meeting)).one_or_none()
        return Head(hash=NOTHING) if found is None else Head(found.newest, found.kept, found.hash)

    def unkept(self, tx: Connection) -> list[MeetingId]:
        """The meetings with rows that the record does not hold yet."""
        query = select(HEADS.c.meeting).where(HEADS.c.newest > HEADS.c.kept).order_by(HEADS.c.meeting)
        return [MeetingId(found) for found in tx.scalars(query)]

    def keep(self, tx: Connection, meeting: MeetingId, *, kept: int, digest: str) -> None:
        """The record holds ``digest`` over the rows up to ``kept``."""
        tx.execute(update(HEADS).where(HEADS.c.meeting == meeting).values(kept=kept, hash=digest))

    def remind(
        self, tx: Connection, meeting: MeetingId, paper: PaperVersion, people: Collection[str], *, at: dt.datetime
    ) -> None:
        """Write down that these were reminded."""
        for person in people:
            key = {"meeting": meeting, "paper": paper.paper, "version": paper.version, "person": person}
            tx.execute(insert_once(tx, REMINDERS, key | {"count": 0, "at": at}))
            mine = and_(*(REMINDERS.c[name] == value for name, value in key.items()))
            tx.execute(update(REMINDERS).where(mine).values(count=REMINDERS.c.count + 1, at=at))

    def reminders(self, tx: Connection, meeting: MeetingId) -> list[Reminder]:
        """All of a meeting."""
        return [_reminder(row) for row in tx.execute(select(REMINDERS).where(REMINDERS.c.meeting == meeting))]

    def reminded(self, tx: Connection, person: str) -> list[tuple[MeetingId, Reminder]]:
        """All of a person, the newest first."""
        query = select(REMINDERS).where(REMINDERS.c.person == person).order_by(REMINDERS.c.at.desc(), REMINDERS.c.paper)
        return [(MeetingId(row.meeting), _reminder(row)) for row in tx.execute(query)]

    def refuse(self, tx: Connection, device: str, counts: Mapping[str, int], *, at: dt.datetime) -> None:
        """Count what was not taken."""
        for why, count in counts.items():
            tx.execute(insert_once(tx, REFUSALS, {"device": device, "why": why, "count": 0, "last_at": at}))
            mine = and_(REFUSALS.c.device == device, REFUSALS.c.why == why)
            tx.execute(update(REFUSALS).where(mine).values(count=REFUSALS.c.count + count, last_at=at))

    def refused(self, tx: Connection) -> list[Refused]:
        """Of all devices, the newest first."""
        columns = (REFUSALS.c.device, REFUSALS.c.why, REFUSALS.c.count, REFUSALS.c.last_at)
        query = select(*columns).order_by(REFUSALS.c.last_at.desc(), REFUSALS.c.device, REFUSALS.c.why)
        return [Refused(*row) for row in tx.execute(query)]


def _hold(tx: Connection, meeting: MeetingId) -> int:
    """The newest number, and nobody else writes until the transaction ends."""
    tx.execute(insert_once(tx, HEADS, {"meeting": meeting, "newest": 0, "kept": 0, "hash": NOTHING}))
    tx.execute(update(HEADS).where(HEADS.c.meeting == meeting).values(newest=HEADS.c.newest))
    return int(tx.scalar(select(HEADS.c.newest).where(HEADS.c.meeting == meeting)) or 0)


def _known(tx: Connection, meeting: MeetingId, rows: Sequence[Row]) -> set[Any]:
    """The keys that are there already, of the people and versions that the rows speak of."""
    found: set[Any] = set()
    for person, paper in {(row.person, row.paper) for row in rows}:
        where = and_(
            ROWS.c.meeting == meeting,
            ROWS.c.person == person,
            ROWS.c.paper == paper.paper,
            ROWS.c.version == paper.version,
        )
        query = select(ROWS.c.page, ROWS.c.how, ROWS.c.once).where(where)
        found |= {(person, paper, page, how, once) for page, how, once in tx.execute(query)}
    return found


def _values(row: Row) -> dict[str, Any]:
    return {
        "person": row.person,
        "paper": row.paper.paper,
        "version": row.paper.version,
        "page": row.page,
        "how": row.how.value,
        "once": row.once,
        "place": row.place,
        "at": row.at,
    }


def _row(found: Any) -> Row:
    paper = PaperVersion(PaperId(found.paper), found.version)
    return Row(found.person, paper, found.page, How(found.how), found.place, found.at)


def _reminder(found: Any) -> Reminder:
    return Reminder(PaperVersion(PaperId(found.paper), found.version), found.person, found.count, found.at)
