"""Sign-ins and reviews in the database.

Usage: ``SqlReviewStore().sign_ins(connection, "u-…", limit=100)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, delete, insert, select

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once, upsert
from server.identity.sign_ins import Means, SignIn
from server.reviews.model import MAX_PLACE, Round
from server.unit import Transaction

SIGN_INS: Final = Table(
    "sign_ins",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("person", String(18), nullable=True, index=True),
    Column("at", Moment, nullable=False, index=True),
    Column("means", String(20), nullable=False),
    Column("place", String(MAX_PLACE), nullable=False),
    Column("outcome", String(40), nullable=False),
)
ROUNDS: Final = Table(
    "review_rounds",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("begun_at", Moment, nullable=False),
    Column("begun_by", String(80), nullable=False),
    Column("ended_at", Moment, nullable=True),
)
CONFIRMED: Final = Table(
    "reviewed_accounts",
    metadata,
    Column("review", Integer, primary_key=True, autoincrement=False),
    Column("person", String(18), primary_key=True),
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)


class SqlReviewStore:
    """The ``ReviewStore`` of both databases."""

    def add_sign_in(self, tx: Connection, sign_in: SignIn) -> None:
        """Keep it."""
        tx.execute(
            insert(SIGN_INS).values(
                person=sign_in.person,
                at=sign_in.at,
                means=sign_in.means.value,
                place=sign_in.place,
                outcome=sign_in.outcome,
            )
        )

    def sign_ins(self, tx: Connection, person: str | None, *, limit: int) -> Sequence[SignIn]:
        """The newest of a person, or of everybody."""
        query = select(SIGN_INS).order_by(SIGN_INS.c.number.desc()).limit(limit)
        if person is not None:
            query = query.where(SIGN_INS.c.person == person)
        return [SignIn(row.person, row.at, Means(row.means), row.place, row.outcome) for row in tx.execute(query)]

    def forget_sign_ins(self, tx: Connection, *, before: dt.datetime) -> int:
        """Drop older ones; how many."""
        return tx.execute(delete(SIGN_INS).where(SIGN_INS.c.at < before)).rowcount

    def newest(self, tx: Transaction) -> Round | None:
        """The newest round; nobody else changes it until the transaction ends."""
        row = tx.execute(select(ROUNDS).order_by(ROUNDS.c.number.desc()).limit(1).with_for_update()).one_or_none()
        return None if row is None else Round(row.number, row.begun_at, row.begun_by, row.ended_at)

    def put_round(self, tx: Connection, found: Round) -> None:
        """From now on it is this."""
        values = {"number": found.number, "begun_at": found.begun_at, "begun_by": found.begun_by}
        tx.execute(upsert(tx, ROUNDS, values={**values, "ended_at": found.ended_at}, key=("number",)))

    def confirm(self, tx: Connection, number: int, person: str, *, by: str, at: dt.datetime) -> None:
        """The account is still needed; again is fine."""
        tx.execute(insert_once(tx, CONFIRMED, {"review": number, "person": person, "by": by, "at": at}))

    def confirmed(self, tx: Connection, number: int) -> Mapping[str, tuple[str, dt.datetime]]:
        """Account → by whom and when, of one round."""
        rows = tx.execute(select(CONFIRMED).where(CONFIRMED.c.review == number))
        return {row.person: (row.by, row.at) for row in rows}
