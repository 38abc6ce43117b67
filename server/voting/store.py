"""Ballots in the database.

Rules V4: the primary key (vote, person) holds one ballot a voter. The state of a vote stands beside its ballots and
changes in the transaction of its event, under the meeting's own lock: a ballot takes that lock shared, a closing takes
it alone, so a ballot is either in the close or refused.

Usage: ``SqlBallotStore().add(connection, ballot, now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Boolean, Column, Connection, ForeignKey, String, Table, insert, select, update
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.voting.model import StoredBallot
from server.voting.ports import BallotTaken
from wire.election_marks import SAID_LIMIT
from wire.ids import MeetingId
from wire.votes import VoteState

votes = Table(
    "votes",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("meeting", String(18), ForeignKey("meetings.id"), nullable=False, index=True),
    Column("state", String(20), nullable=False),
)
ballots = Table(
    "ballots",
    metadata,
    Column("vote", String(18), ForeignKey("votes.id"), primary_key=True),
    # No account stands behind it: who is deleted during a vote has voted all the same.
    Column("person", String(18), primary_key=True),
    Column("answer", String(SAID_LIMIT), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("statement", String(64), nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)
#: The table of another feature, only locked here.
_MEETINGS: Final = sql_table("meetings", sql_column("id"))
_BALLOT: Final = (
    ballots.c.vote,
    ballots.c.person,
    ballots.c.answer,
    ballots.c.nonce,
    ballots.c.commitment,
    ballots.c.statement,
    ballots.c.recorded,
)


class SqlBallotStore:
    """The ``BallotStore`` of both databases."""

    def set_state(self, tx: Connection, meeting: MeetingId, vote: str, *, state: VoteState) -> None:
        """The state of a vote, in the transaction of its event."""
        values = {"id": vote, "meeting": meeting, "state": state.value}
        tx.execute(upsert(tx, votes, values=values, key=("id",)))

    def hold_open(self, tx: Connection, meeting: MeetingId, vote: str) -> VoteState | None:
        """The vote's state, which stays as it is until the transaction ends; None for an unknown vote."""
        # Whoever appends to the log holds this row alone (SQLite has one writer at a time anyway).
        tx.execute(select(_MEETINGS.c.id).where(_MEETINGS.c.id == meeting).with_for_update(read=True))
        found = tx.execute(select(votes.c.state).where(votes.c.id == vote, votes.c.meeting == meeting)).scalar()
        return None if found is None else VoteState(found)

    def add(self, tx: Connection, ballot: StoredBallot, at: dt.datetime) -> None:
        """Keep a ballot; raises ``BallotTaken`` when the voter has one."""
        self.add_all(tx, [(ballot, at)])

    def add_all(self, tx: Connection, cast: Sequence[tuple[StoredBallot, dt.datetime]]) -> None:
        """Keep many; raises ``BallotTaken`` when one of the voters has one."""
        rows = [
            {
                "vote": ballot.vote,
                "person": ballot.person,
                "answer": ballot.answer,
                "nonce": ballot.nonce,
                "commitment": ballot.commitment,
                "statement": ballot.statement,
                "recorded": False,
                "at": at,
            }
            for ballot, at in cast
        ]
        try:
            tx.execute(insert(ballots), rows)
        except IntegrityError as taken:
            raise BallotTaken(rows[0]["vote"]) from taken

    def find(self, tx: Connection, vote: str, person: str) -> StoredBallot | None:
        """The voter's ballot."""
        row = tx.execute(select(*_BALLOT).where(ballots.c.vote == vote, ballots.c.person == person)).one_or_none()
        return None if row is None else StoredBallot(*row)

    def voted(self, tx: Connection, vote: str, people: Collection[str]) -> frozenset[str]:
        """Those of ``people`` whose ballot is here."""
        wanted = (ballots.c.vote == vote) & ballots.c.person.in_(list(people))
        return frozenset(tx.execute(select(ballots.c.person).where(wanted)).scalars())

    def of_vote(self, tx: Connection, vote: str, *, unrecorded: bool = False) -> list[StoredBallot]:
        """All ballots of a vote in the voters' order, or those whose commitment is not in the log yet."""
        query = select(*_BALLOT).where(ballots.c.vote == vote).order_by(ballots.c.person)
        if unrecorded:
            query = query.where(ballots.c.recorded.is_(False))
        return [StoredBallot(*row) for row in tx.execute(query)]

    def mark_recorded(self, tx: Connection, vote: str, people: frozenset[str]) -> None:
        """The commitments of these voters stand in the log."""
        tx.execute(update(ballots).where(ballots.c.vote == vote, ballots.c.person.in_(people)).values(recorded=True))

    def open_ones(self, tx: Connection) -> list[tuple[MeetingId, str]]:
        """Meetings and votes that take ballots now."""
        query = select(votes.c.meeting, votes.c.id).where(votes.c.state == VoteState.OPEN.value)
        return [(MeetingId(row.meeting), row.id) for row in tx.execute(query)]

    def unrecorded(self, tx: Connection) -> list[tuple[MeetingId, str]]:
        """Meetings and votes with ballots that are not in the log yet."""
        query = (
            select(votes.c.meeting, votes.c.id)
            .join(ballots, ballots.c.vote == votes.c.id)
            .where(ballots.c.recorded.is_(False))
            .distinct()
        )
        return [(MeetingId(row.meeting), row.id) for row in tx.execute(query)]
