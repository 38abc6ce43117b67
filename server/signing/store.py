"""Signing in the database: tables ``signing_rounds``, ``signing_signers``, ``signing_revisions``, ``signing_raises``.

Rules G3: a round is written with a comparison of fence and revision in the same statement, on both databases; who
loses the race has written nothing.

Usage: ``SqlSigningStore().save(tx, after, before=before, prepared=None)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, delete, select, update

from server.db.metadata import Moment, metadata
from server.signing.model import Lease, Level, Order, Round, Signer
from server.signing.ports import Raise, Revision
from server.unit import Transaction
from wire.ids import PersonId

ROUNDS: Final = Table(
    "signing_rounds",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", String(300), nullable=False),
    Column("ordering", String(10), nullable=False),
    Column("wanted", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_person", String(18), nullable=True),
    Column("lease_until", Moment, nullable=True),
    Column("prepared", LargeBinary, nullable=True),
    Column("opened_by", String(80), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment, nullable=True),
)
SIGNERS: Final = Table(
    "signing_signers",
    metadata,
    Column("round", String(40), ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("person", String(18), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("signed_at", Moment, nullable=True),
    Column("fingerprint", String(64), nullable=True),
)
REVISIONS: Final = Table(
    "signing_revisions",
    metadata,
    Column("round", String(40), ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)
RAISES: Final = Table(
    "signing_raises",
    metadata,
    Column("round", String(40), ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment, nullable=False, index=True),
    Column("last_code", String(60), nullable=False),
    Column("done_at", Moment, nullable=True),
)


class SqlSigningStore:
    """The port :class:`server.signing.ports.SigningStore` in SQL."""

    def add(self, tx: Transaction, found: Round, *, title: str, by: str, now: dt.datetime) -> None:
        """A new round."""
        tx.execute(
            ROUNDS.insert().values(
                id=found.id,
                title=title,
                ordering=found.order.value,
                wanted=found.wanted.value,
                opened_by=by,
                opened_at=now,
                **_written(found),
            )
        )
        for place, signer in enumerate(found.signers):
            tx.execute(SIGNERS.insert().values(round=found.id, place=place, person=signer.person))

    def find(self, tx: Transaction, round_id: str) -> Round | None:
        """With its signers."""
        row = tx.execute(select(ROUNDS).where(ROUNDS.c.id == round_id)).one_or_none()
        if row is None:
            return None
        rows = tx.execute(select(SIGNERS).where(SIGNERS.c.round == round_id).order_by(SIGNERS.c.place))
        return Round(
            id=row.id,
            order=Order(row.ordering),
            wanted=Level(row.wanted),
            signers=tuple(Signer(PersonId(one.person), one.signed_at) for one in rows),
            revision=row.revision,
            fence=row.fence,
            lease=_lease(row),
            closed_at=row.closed_at,
        )

    def save(self, tx: Transaction, after: Round, *, before: Round, prepared: bytes | None) -> bool:
        """Write ``after`` if the round still is ``before``: same fence, revision and holder; whether it was."""
        holder = None if before.lease is None else before.lease.person
        same = (
            (ROUNDS.c.id == before.id)
            & (ROUNDS.c.fence == before.fence)
            & (ROUNDS.c.revision == before.revision)
            & (ROUNDS.c.lease_person.is_(None) if holder is None else ROUNDS.c.lease_person == holder)
        )
        if tx.execute(update(ROUNDS).where(same).values(prepared=prepared, **_written(after))).rowcount != 1:
            return False
        for place, (old, new) in enumerate(zip(before.signers, after.signers, strict=True)):
            if old != new:
                mine = (SIGNERS.c.round == after.id) & (SIGNERS.c.place == place)
                tx.execute(update(SIGNERS).where(mine).values(signed_at=new.signed_at))
        return True

    def prepared(self, tx: Transaction, round_id: str) -> bytes | None:
        """The state kept with the lease."""
        found: bytes | None = tx.execute(select(ROUNDS.c.prepared).where(ROUNDS.c.id == round_id)).scalar_one_or_none()
        return found

    def signed(self, tx: Transaction, round_id: str, person: PersonId, *, fingerprint: str) -> None:
        """With which certificate a signer signed."""
        mine = (SIGNERS.c.round == round_id) & (SIGNERS.c.person == person)
        tx.execute(update(SIGNERS).where(mine).values(fingerprint=fingerprint))

    def rounds_of(self, tx: Transaction, person: PersonId) -> Sequence[str]:
        """Open rounds in which a person has not signed yet, the oldest first."""
        waiting = (SIGNERS.c.person == person) & SIGNERS.c.signed_at.is_(None) & ROUNDS.c.closed_at.is_(None)
        joined = ROUNDS.join(SIGNERS, SIGNERS.c.round == ROUNDS.c.id)
        wanted = select(ROUNDS.c.id).select_from(joined).where(waiting).order_by(ROUNDS.c.opened_at, ROUNDS.c.id)
        return list(tx.execute(wanted).scalars())

    def keep(self, tx: Transaction, revision: Revision) -> None:
        """A revision, once."""
        tx.execute(
            REVISIONS.insert().values(
                round=revision.round,
                revision=revision.revision,
                sha256=revision.sha256,
                size_bytes=revision.size_bytes,
                wrapped_key=revision.wrapped_key,
                sealed=revision.sealed,
                made_at=revision.made_at,
            )
        )

    def revision(self, tx: Transaction, round_id: str, number: int) -> Revision | None:
        """One of them."""
        wanted = (REVISIONS.c.round == round_id) & (REVISIONS.c.revision == number)
        row = tx.execute(select(REVISIONS).where(wanted)).mappings().one_or_none()
        return None if row is None else Revision(**row)

    def save_raise(self, tx: Transaction, job: Raise) -> None:
        """Keep or replace."""
        tx.execute(delete(RAISES).where(RAISES.c.round == job.round))
        tx.execute(
            RAISES.insert().values(
                round=job.round, tries=job.tries, next_at=job.next_at, last_code=job.last_code, done_at=job.done_at
            )
        )

    def due(self, tx: Transaction, now: dt.datetime) -> Sequence[Raise]:
        """Those whose moment has come, the longest waiting first."""
        wanted = RAISES.c.done_at.is_(None) & (RAISES.c.next_at <= now)
        rows = tx.execute(select(RAISES).where(wanted).order_by(RAISES.c.next_at))
        return [Raise(row.round, row.tries, row.next_at, row.last_code, row.done_at) for row in rows]


def _written(found: Round) -> dict[str, Any]:
    lease = found.lease
    return {
        "revision": found.revision,
        "fence": found.fence,
        "lease_person": None if lease is None else lease.person,
        "lease_until": None if lease is None else lease.until,
        "closed_at": found.closed_at,
    }


def _lease(row: Any) -> Lease | None:
    return None if row.lease_person is None else Lease(PersonId(row.lease_person), row.fence, row.lease_until)
