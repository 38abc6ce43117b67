"""The meetings' logs in the database, and a projection of each meeting for lists.

Rules: the primary key (meeting, seq) decides who was first; an event is kept as its canonical JSON, byte for byte what
was hashed; the projection is written in the same transaction and holds nothing the log does not.

Usage: ``SqlMeetingStore().append(connection, events, state=state)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.meetings.ports import LogMoved, MeetingRow
from wire import canonical
from wire.errors import WireError
from wire.events import Event
from wire.ids import MeetingId
from wire.places import SUBSTITUTE_ENDED, SUBSTITUTE_NAMED
from wire.state import MeetingState, MemberRole

meetings = Table(
    "meetings",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("room", String(18), ForeignKey("rooms.id"), nullable=False, index=True),
    Column("room_name", String(200), nullable=False),
    Column("title", String(500), nullable=False),
    Column("type", String(80), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("planned_minutes", Integer, nullable=False),
    Column("phase", String(20), nullable=False),
    Column("seq", Integer, nullable=False),
    # One rehearsal a meeting (M5).
    Column("rehearsal_of", String(18), nullable=True, unique=True, index=True),
)
meeting_members = Table(
    "meeting_members",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("person", String(18), primary_key=True, index=True),
    Column("role", String(20), nullable=False),
)
meeting_events = Table(
    "meeting_events",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("body", Text, nullable=False),
)
_PORTION: Final = 500
_ROW: Final = (
    meetings.c.id,
    meetings.c.room,
    meetings.c.room_name,
    meetings.c.title,
    meetings.c.type,
    meetings.c.starts_at,
    meetings.c.planned_minutes,
    meetings.c.phase,
    meetings.c.seq,
    meetings.c.rehearsal_of,
)


#: After these other people are members, or in another role.
_MOVES_MEMBERS: Final = frozenset({"members_set", SUBSTITUTE_NAMED, SUBSTITUTE_ENDED})


class SqlMeetingStore:
    """The ``MeetingStore`` of both databases."""

    def append(self, tx: Connection, events: Sequence[Event], *, state: MeetingState) -> None:
        """Add events that lead to ``state``; raises ``LogMoved`` when a number is taken."""
        meeting = events[0].meeting
        # The projection first: the events refer to its row.
        tx.execute(upsert(tx, meetings, values=_projection(meeting, state), key=("id",)))
        rows = [
            {"meeting": e.meeting, "seq": e.seq, "hash": e.hash, "body": canonical.encode(e.to_value()).decode()}
            for e in events
        ]
        try:
            tx.execute(insert(meeting_events), rows)
        except IntegrityError as taken:
            raise LogMoved(meeting) from taken
        if any(event.kind in _MOVES_MEMBERS for event in events):
            self._set_members(tx, meeting, state)

    def hold(self, tx: Connection, meeting: MeetingId) -> bool:
        """Let nobody else append until the transaction ends (SQLite has one writer at a time anyway)."""
        # Not against rows that only refer to the meeting: uploads and receipts go on.
        held = tx.execute(select(meetings.c.id).where(meetings.c.id == meeting).with_for_update(key_share=True))
        return held.first() is not None

    def events(self, tx: Connection, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The events with numbers above ``after``, in order; each is checked against its own hash."""
        query = (
            select(meeting_events.c.body)
            .where(meeting_events.c.meeting == meeting, meeting_events.c.seq > after)
            .order_by(meeting_events.c.seq)
        )
        return [Event.from_value(canonical.decode(body.encode())) for body in tx.execute(query).scalars()]

    def event(self, tx: Connection, meeting: MeetingId, seq: int) -> Event | None:
        """The event of that number, None when there is none; checked against its own hash."""
        query = select(meeting_events.c.body).where(meeting_events.c.meeting == meeting, meeting_events.c.seq == seq)
        body = tx.execute(query).scalar_one_or_none()
        return None if body is None else Event.from_value(canonical.decode(body.encode()))

    def hashes(
        self, tx: Connection, *, wanted: Collection[tuple[str, int]] | None = None
    ) -> Iterator[tuple[str, int, str]]:
        """Meeting, number and computed hash of every row (or those ``wanted``), empty for one that cannot be read.

        Rehearsals are no part of the record (M5). Whoever calls a real meeting one leaves its leaves without events.
        """
        query = (
            select(meeting_events.c.meeting, meeting_events.c.seq, meeting_events.c.body)
            .join(meetings, meetings.c.id == meeting_events.c.meeting)
            .where(meetings.c.rehearsal_of.is_(None))
        )
        if wanted is not None:
            query = query.where(tuple_(meeting_events.c.meeting, meeting_events.c.seq).in_(list(wanted)))
        ordered = query.order_by(meeting_events.c.meeting, meeting_events.c.seq)
        for row in tx.execute(ordered).yield_per(_PORTION):
            try:
                yield row.meeting, row.seq, Event.from_value(canonical.decode(row.body.encode())).hash
            except (ValueError, WireError):
                yield row.meeting, row.seq, ""

    def ends(self, tx: Connection, *, after: str, limit: int) -> list[tuple[str, int, int]]:
        """Meetings behind ``after`` by their ids, with the lowest and highest number of their events; no rehearsals."""
        seq = meeting_events.c.seq
        query = (
            select(meeting_events.c.meeting, func.min(seq).label("low"), func.max(seq).label("high"))
            .join(meetings, meetings.c.id == meeting_events.c.meeting)
            .where(meetings.c.rehearsal_of.is_(None), meeting_events.c.meeting > after)
            .group_by(meeting_events.c.meeting)
        )
        found = tx.execute(query.order_by(meeting_events.c.meeting).limit(limit))
        return [(row.meeting, row.low, row.high) for row in found]

    def outside(self, tx: Connection, meeting: str, last: int, *, limit: int) -> list[int]:
        """Numbers of a meeting's events that are none of 1 … ``last``."""
        seq = meeting_events.c.seq
        query = select(seq).where(meeting_events.c.meeting == meeting, (seq < 1) | (seq > last))
        return list(tx.execute(query.order_by(seq).limit(limit)).scalars())

    def some(self, tx: Connection, wanted: Collection[tuple[str, int]]) -> Iterator[Event | None]:
        """The events of these meetings and numbers that are there; None for one that cannot be read."""
        key = tuple_(meeting_events.c.meeting, meeting_events.c.seq)
        for row in tx.execute(select(meeting_events.c.body).where(key.in_(list(wanted)))):
            try:
                yield Event.from_value(canonical.decode(row.body.encode()))
            except (ValueError, WireError):
                yield None

    def rows(
        self, tx: Connection, *, person: str | None = None, room: str | None = None, phases: Collection[str] = ()
    ) -> list[MeetingRow]:
        """All meetings, or those of a member, a room or some phases, the newest start first."""
        query = select(*_ROW).order_by(meetings.c.starts_at.desc(), meetings.c.id)
        if person is not None:
            query = query.join(meeting_members).where(meeting_members.c.person == person)
        if room is not None:
            query = query.where(meetings.c.room == room)
        if phases:
            query = query.where(meetings.c.phase.in_(sorted(phases)))
        return [MeetingRow._make(row) for row in tx.execute(query)]

    def roles(self, tx: Connection, person: str) -> dict[MeetingId, MemberRole]:
        """The person's role in each of their meetings."""
        query = select(meeting_members.c.meeting, meeting_members.c.role).where(meeting_members.c.person == person)
        return {MeetingId(row.meeting): MemberRole(row.role) for row in tx.execute(query)}

    def _set_members(self, tx: Connection, meeting: MeetingId, state: MeetingState) -> None:
        tx.execute(delete(meeting_members).where(meeting_members.c.meeting == meeting))
        rows = [{"meeting": meeting, "person": m.person, "role": m.role.value} for m in state.members]
        if rows:
            tx.execute(insert(meeting_members), rows)


def _projection(meeting: MeetingId, state: MeetingState) -> dict[str, Any]:
    return {
        "id": meeting,
        "room": state.room,
        "room_name": state.room_name,
        "title": state.title,
        "type": state.kind,
        "starts_at": state.starts_at,
        "planned_minutes": state.planned_minutes,
        "phase": state.phase.value,
        "seq": state.seq,
        "rehearsal_of": None if state.rehearsal is None else state.rehearsal.of,
    }
