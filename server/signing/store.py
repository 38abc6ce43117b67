"""Signing in the database: the tables whose names begin with ``signing_``.

Rules G3: a round is written with a comparison of fence and revision in the same statement, on both databases; who
loses the race has written nothing.

Usage: ``SqlSigningStore().save(tx, after, before=before, prepared=None)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, delete, select, update

from server.db.metadata import Moment, metadata
from server.signing.model import Lease, Level, Order, Round, Signer
from server.signing.numbers import Entry, Number
from server.signing.ports import About, Picture, PlannedMark, Raise, Revision
from server.signing.register import NUMBERS
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
SUBJECTS: Final = Table(
    "signing_subjects",
    metadata,
    Column("round", String(40), ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("meeting", String(18), ForeignKey("meetings.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
)
MARKS: Final = Table(
    "signing_marks",
    metadata,
    Column("round", String(40), ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(18), ForeignKey("accounts.id"), primary_key=True),
    Column("mark", LargeBinary, nullable=False),
    Column("picture", LargeBinary, nullable=True),
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


PICTURES: Final = Table(
    "signing_pictures",
    metadata,
    Column("owner", String(18), primary_key=True),
    Column("png", LargeBinary, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", String(80), nullable=False),
)


class SqlSigningStore:
    """The port :class:`server.signing.ports.SigningStore` in SQL."""

    def add(self, tx: Transaction, found: Round, about: About, *, marks: Mapping[PersonId, PlannedMark]) -> None:
        """A new round."""
        tx.execute(
            ROUNDS.insert().values(
                id=found.id,
                title=about.title,
                ordering=found.order.value,
                wanted=found.wanted.value,
                opened_by=about.opened_by,
                opened_at=about.opened_at,
                **_written(found),
            )
        )
        for place, signer in enumerate(found.signers):
            tx.execute(SIGNERS.insert().values(round=found.id, place=place, person=signer.person))
        if about.meeting is not None:
            tx.execute(SUBJECTS.insert().values(round=found.id, meeting=about.meeting, kind=about.kind))
        for person, mark in marks.items():
            tx.execute(MARKS.insert().values(round=found.id, person=person, mark=mark.plan, picture=mark.picture))

    def about(self, tx: Transaction, round_id: str) -> About | None:
        """What it is about."""
        joined = ROUNDS.outerjoin(SUBJECTS, SUBJECTS.c.round == ROUNDS.c.id)
        wanted = select(ROUNDS, SUBJECTS.c.meeting, SUBJECTS.c.kind).select_from(joined)
        row = tx.execute(wanted.where(ROUNDS.c.id == round_id)).one_or_none()
        return None if row is None else About(row.title, row.opened_by, row.opened_at, row.meeting, row.kind or "")

    def of_meeting(self, tx: Transaction, meeting: str) -> Sequence[str]:
        """All rounds of a meeting, the newest first."""
        joined = ROUNDS.join(SUBJECTS, SUBJECTS.c.round == ROUNDS.c.id)
        wanted = select(ROUNDS.c.id).select_from(joined).where(SUBJECTS.c.meeting == meeting)
        return list(tx.execute(wanted.order_by(ROUNDS.c.opened_at.desc(), ROUNDS.c.id)).scalars())

    def mark(self, tx: Transaction, round_id: str, person: PersonId) -> PlannedMark | None:
        """What is drawn for a signer."""
        mine = (MARKS.c.round == round_id) & (MARKS.c.person == person)
        row = tx.execute(select(MARKS.c.mark, MARKS.c.picture).where(mine)).one_or_none()
        return None if row is None else PlannedMark(row.mark, row.picture)

    def marks(self, tx: Transaction, round_id: str) -> Mapping[PersonId, bytes]:
        """The plans of all signers, without pictures."""
        rows = tx.execute(select(MARKS.c.person, MARKS.c.mark).where(MARKS.c.round == round_id))
        return {PersonId(row.person): row.mark for row in rows}

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

    def entries(self, tx: Transaction, year: int) -> list[Entry]:
        """All papers that were numbered in a year, by series and number."""
        joined = NUMBERS.join(ROUNDS, ROUNDS.c.id == NUMBERS.c.round).outerjoin(
            SUBJECTS, SUBJECTS.c.round == NUMBERS.c.round
        )
        wanted = select(NUMBERS, ROUNDS.c.title, SUBJECTS.c.meeting, SUBJECTS.c.kind).select_from(joined)
        rows = tx.execute(wanted.where(NUMBERS.c.year == year).order_by(NUMBERS.c.series, NUMBERS.c.number))
        return [
            Entry(
                Number(row.number, row.notation, dt.date.fromisoformat(row.issued_on)),
                series=row.series,
                round=row.round,
                title=row.title,
                kind=row.kind or "",
                meeting=row.meeting or "",
                person=row.person,
                at=row.at,
            )
            for row in rows
        ]

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
        """Those whose moment has come, to be raised or renewed, the longest waiting first."""
        rows = tx.execute(select(RAISES).where(RAISES.c.next_at <= now).order_by(RAISES.c.next_at))
        return [_raise(row) for row in rows]

    def job(self, tx: Transaction, round_id: str) -> Raise | None:
        """What is left to do about its level."""
        row = tx.execute(select(RAISES).where(RAISES.c.round == round_id)).one_or_none()
        return None if row is None else _raise(row)

    def set_picture(self, tx: Transaction, picture: Picture) -> None:
        """Keep or replace."""
        tx.execute(delete(PICTURES).where(PICTURES.c.owner == picture.owner))
        values = {"png": picture.png, "added_at": picture.added_at, "added_by": picture.added_by}
        tx.execute(PICTURES.insert().values(owner=picture.owner, **values))

    def picture(self, tx: Transaction, owner: str) -> Picture | None:
        """Of a person, or of the seal."""
        row = tx.execute(select(PICTURES).where(PICTURES.c.owner == owner)).one_or_none()
        return None if row is None else Picture(row.owner, row.png, row.added_at, row.added_by)

    def pictures(self, tx: Transaction) -> Mapping[str, dt.datetime]:
        """Owner → when it was added."""
        return {row.owner: row.added_at for row in tx.execute(select(PICTURES.c.owner, PICTURES.c.added_at))}


def _written(found: Round) -> dict[str, Any]:
    lease = found.lease
    return {
        "revision": found.revision,
        "fence": found.fence,
        "lease_person": None if lease is None else lease.person,
        "lease_until": None if lease is None else lease.until,
        "closed_at": found.closed_at,
    }


def _raise(row: Any) -> Raise:
    return Raise(row.round, row.tries, row.next_at, row.last_code, row.done_at)


def _lease(row: Any) -> Lease | None:
    return None if row.lease_person is None else Lease(PersonId(row.lease_person), row.fence, row.lease_until)
