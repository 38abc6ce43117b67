"""Second factors and recovery codes in the database.

Rules: a step and a code are used up by one write that compares, so that of two requests at once one is refused.

Usage: ``SqlFactorStore().take_step(connection, person, step)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.factors.model import Factor

FACTORS: Final = Table(
    "second_factors",
    metadata,
    Column("person", String(18), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=True),
    Column("since", Moment, nullable=True),
    Column("last_step", BigInteger, nullable=False),
    Column("pending", LargeBinary, nullable=True),
    Column("pending_at", Moment, nullable=True),
)
CODES: Final = Table(
    "recovery_codes",
    metadata,
    Column("person", String(18), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("used_at", Moment, nullable=True),
)


class SqlFactorStore:
    """The port :class:`server.factors.ports.FactorStore` in SQL."""

    def factor(self, tx: Connection, person: str) -> Factor | None:
        """Of one person."""
        row = tx.execute(select(FACTORS).where(FACTORS.c.person == person)).one_or_none()
        if row is None:
            return None
        return Factor(row.person, row.sealed, row.since, row.last_step, row.pending, row.pending_at)

    def is_active(self, tx: Connection, person: str) -> bool:
        """Whether a secret of the person was confirmed."""
        query = select(FACTORS.c.person).where(FACTORS.c.person == person, FACTORS.c.sealed.is_not(None))
        return tx.execute(query).one_or_none() is not None

    def active(self, tx: Connection) -> Sequence[str]:
        """All who have one."""
        return list(tx.execute(select(FACTORS.c.person).where(FACTORS.c.sealed.is_not(None))).scalars())

    def save(self, tx: Connection, factor: Factor) -> None:
        """Keep or replace."""
        values = {
            "person": factor.person,
            "sealed": factor.sealed,
            "since": factor.since,
            "last_step": factor.last_step,
            "pending": factor.pending,
            "pending_at": factor.pending_at,
        }
        tx.execute(upsert(tx, FACTORS, values=values, key=("person",)))

    def take_step(self, tx: Connection, person: str, step: int) -> bool:
        """Note the step of a code; False when it, or a later one, was taken before."""
        newer = update(FACTORS).where(FACTORS.c.person == person, FACTORS.c.last_step < step)
        return tx.execute(newer.values(last_step=step)).rowcount == 1

    def set_codes(self, tx: Connection, person: str, hashes: Sequence[str]) -> None:
        """Recovery codes in place of all there were."""
        tx.execute(delete(CODES).where(CODES.c.person == person))
        tx.execute(insert(CODES), [{"person": person, "hash": each, "used_at": None} for each in hashes])

    def take_code(self, tx: Connection, person: str, hashed: str, *, at: dt.datetime) -> bool:
        """Use one up; False when there is none, or it was used."""
        unused = update(CODES).where(CODES.c.person == person, CODES.c.hash == hashed, CODES.c.used_at.is_(None))
        return tx.execute(unused.values(used_at=at)).rowcount == 1

    def codes_left(self, tx: Connection, person: str) -> int:
        """How many are unused."""
        query = select(func.count()).select_from(CODES).where(CODES.c.person == person, CODES.c.used_at.is_(None))
        return int(tx.execute(query).scalar_one())

    def drop(self, tx: Connection, person: str) -> bool:
        """Forget the factor and its codes; whether there was one."""
        tx.execute(delete(CODES).where(CODES.c.person == person))
        return tx.execute(delete(FACTORS).where(FACTORS.c.person == person)).rowcount == 1
