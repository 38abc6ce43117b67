"""Who was given a secret ballot, and the votes' keys, in the database.

Rules V8: no ballot is ever in these tables; the close writes them into the log, all at once. The primary key
(vote, person) gives one ballot a person. There is no moment, and lists are read in an order that is nobody's.

Usage: ``SqlSecretStore().give(connection, "v-…", ballot)``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Connection, ForeignKey, LargeBinary, String, Table, delete, insert, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.exc import IntegrityError

from server.db.metadata import metadata
from server.voting.secret.ports import BallotGiven, GivenBallot
from wire.ids import MeetingId
from wire.votes import VoteState

vote_keys = Table(
    "vote_keys",
    metadata,
    Column("vote", String(18), ForeignKey("votes.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
given_ballots = Table(
    "given_ballots",
    metadata,
    Column("vote", String(18), ForeignKey("votes.id"), primary_key=True),
    Column("person", String(18), primary_key=True),
    Column("device", String(18), nullable=False),
    Column("blinded", String(64), nullable=False),
    Column("relay", String(64), nullable=False),
)
#: The table of all votes, only read here.
votes: Final = sql_table("votes", sql_column("id"), sql_column("meeting"), sql_column("state"))
_GIVEN: Final = (given_ballots.c.person, given_ballots.c.device, given_ballots.c.blinded, given_ballots.c.relay)


class SqlSecretStore:
    """The ``SecretStore`` of both databases."""

    def keep_key(self, tx: Connection, vote: str, wrapped: bytes) -> None:
        """The private key, wrapped."""
        tx.execute(insert(vote_keys).values(vote=vote, wrapped=wrapped))

    def key(self, tx: Connection, vote: str) -> bytes | None:
        """The wrapped key; None when it is destroyed."""
        found = tx.execute(select(vote_keys.c.wrapped).where(vote_keys.c.vote == vote)).scalar()
        return None if found is None else bytes(found)

    def drop_key(self, tx: Connection, vote: str) -> None:
        """Destroy it."""
        tx.execute(delete(vote_keys).where(vote_keys.c.vote == vote))

    def give(self, tx: Connection, vote: str, ballot: GivenBallot) -> None:
        """Note it; raises ``BallotGiven``."""
        row = {"person": ballot.person, "device": ballot.device, "blinded": ballot.blinded, "relay": ballot.relay}
        try:
            tx.execute(insert(given_ballots).values(vote=vote, **row))
        except IntegrityError as taken:
            raise BallotGiven(vote) from taken

    def find(self, tx: Connection, vote: str, person: str) -> GivenBallot | None:
        """The person's line."""
        where = (given_ballots.c.vote == vote, given_ballots.c.person == person)
        row = tx.execute(select(*_GIVEN).where(*where)).one_or_none()
        return None if row is None else GivenBallot(*row)

    def given(self, tx: Connection, vote: str) -> list[GivenBallot]:
        """All lines, in the order of the people's identifiers."""
        query = select(*_GIVEN).where(given_ballots.c.vote == vote).order_by(given_ballots.c.person)
        return [GivenBallot(*row) for row in tx.execute(query)]

    def unrecorded(self, tx: Connection) -> list[tuple[MeetingId, str]]:
        """Votes that go on and have lines: whether the log has them all, the log says."""
        query = (
            select(votes.c.meeting, votes.c.id)
            .join(given_ballots, given_ballots.c.vote == votes.c.id)
            .where(votes.c.state.in_((VoteState.OPEN.value, VoteState.PAUSED.value)))
            .distinct()
        )
        return [(MeetingId(row.meeting), row.id) for row in tx.execute(query)]

    def collecting(self, tx: Connection) -> list[tuple[MeetingId, str]]:
        """Votes whose collection was called and not finished."""
        query = select(votes.c.meeting, votes.c.id).where(votes.c.state == VoteState.COLLECTING.value)
        return [(MeetingId(row.meeting), row.id) for row in tx.execute(query)]
