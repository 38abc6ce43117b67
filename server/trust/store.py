"""Trust in the database: tables ``trust_authorities``, ``person_certificates``, ``revocation_material``.

Rules: certificates lie as they came; the facts are read out of them again, so that no column can say otherwise.
Of the material only the newest about each thing is kept.

Usage: ``SqlTrustStore().enrolled(tx, fingerprint)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Column, ForeignKey, LargeBinary, String, Table, delete, select, update

from server.db.metadata import Moment, metadata
from server.trust.certificates import read
from server.trust.model import Kept
from server.trust.ports import Authority, Enrolled
from server.unit import Transaction
from wire.ids import PersonId

AUTHORITIES: Final = Table(
    "trust_authorities",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("der", LargeBinary, nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", String(80), nullable=False),
)
CERTIFICATES: Final = Table(
    "person_certificates",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("person", String(18), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("der", LargeBinary, nullable=False),
    Column("enrolled_at", Moment, nullable=False),
    Column("enrolled_by", String(80), nullable=False),
    Column("revoked_at", Moment, nullable=True),
    Column("withdrawn_at", Moment, nullable=True),
    Column("reason", String(500), nullable=False),
)
MATERIAL: Final = Table(
    "revocation_material",
    metadata,
    Column("kind", String(4), primary_key=True),
    Column("about", String(500), primary_key=True),
    Column("der", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=True),
    Column("fetched_at", Moment, nullable=False),
)


class SqlTrustStore:
    """The port :class:`server.trust.ports.TrustStore` in SQL."""

    def add_authority(self, tx: Transaction, authority: Authority) -> None:
        """Keep or replace."""
        self.remove_authority(tx, authority.facts.fingerprint)
        tx.execute(
            AUTHORITIES.insert().values(
                fingerprint=authority.facts.fingerprint,
                der=authority.facts.der,
                trusted=authority.trusted,
                added_at=authority.added_at,
                added_by=authority.added_by,
            )
        )

    def remove_authority(self, tx: Transaction, fingerprint: str) -> bool:
        """Whether it was there."""
        return bool(tx.execute(delete(AUTHORITIES).where(AUTHORITIES.c.fingerprint == fingerprint)).rowcount)

    def authorities(self, tx: Transaction) -> Sequence[Authority]:
        """All, in the order they came."""
        rows = tx.execute(select(AUTHORITIES).order_by(AUTHORITIES.c.added_at, AUTHORITIES.c.fingerprint))
        return [Authority(read(row.der), row.trusted, row.added_at, row.added_by) for row in rows]

    def enrol(self, tx: Transaction, enrolled: Enrolled) -> None:
        """Keep a person's certificate."""
        tx.execute(
            CERTIFICATES.insert().values(
                fingerprint=enrolled.facts.fingerprint,
                person=enrolled.person,
                der=enrolled.facts.der,
                enrolled_at=enrolled.enrolled_at,
                enrolled_by=enrolled.enrolled_by,
                revoked_at=enrolled.revoked_at,
                withdrawn_at=enrolled.withdrawn_at,
                reason=enrolled.reason,
            )
        )

    def enrolled(self, tx: Transaction, fingerprint: str) -> Enrolled | None:
        """By its fingerprint."""
        row = tx.execute(select(CERTIFICATES).where(CERTIFICATES.c.fingerprint == fingerprint)).one_or_none()
        return None if row is None else _enrolled(row)

    def all_enrolled(self, tx: Transaction, person: PersonId | None = None) -> Sequence[Enrolled]:
        """Of one person, or of all."""
        wanted = select(CERTIFICATES).order_by(CERTIFICATES.c.enrolled_at, CERTIFICATES.c.fingerprint)
        if person is not None:
            wanted = wanted.where(CERTIFICATES.c.person == person)
        return [_enrolled(row) for row in tx.execute(wanted)]

    def set_revoked(self, tx: Transaction, fingerprint: str, at: dt.datetime) -> None:
        """Its issuer has taken it back; the earliest moment stays."""
        fresh = (CERTIFICATES.c.fingerprint == fingerprint) & CERTIFICATES.c.revoked_at.is_(None)
        tx.execute(update(CERTIFICATES).where(fresh).values(revoked_at=at))

    def set_withdrawn(self, tx: Transaction, fingerprint: str, at: dt.datetime, *, reason: str) -> None:
        """This house does not take it any longer."""
        fresh = (CERTIFICATES.c.fingerprint == fingerprint) & CERTIFICATES.c.withdrawn_at.is_(None)
        tx.execute(update(CERTIFICATES).where(fresh).values(withdrawn_at=at, reason=reason))

    def keep(self, tx: Transaction, kept: Sequence[Kept]) -> None:
        """Material, the newest about each thing."""
        for one in kept:
            same = (MATERIAL.c.kind == one.kind) & (MATERIAL.c.about == one.about)
            known = tx.execute(select(MATERIAL.c.made_at).where(same)).scalar_one_or_none()
            if known is not None and known > one.made_at:
                continue  # an older answer, sent again by whoever sits on the wire
            tx.execute(delete(MATERIAL).where(same))
            tx.execute(
                MATERIAL.insert().values(
                    kind=one.kind,
                    about=one.about,
                    der=one.der,
                    made_at=one.made_at,
                    next_at=one.next_at,
                    fetched_at=one.fetched_at,
                )
            )

    def kept(self, tx: Transaction) -> Sequence[Kept]:
        """All material."""
        rows = tx.execute(select(MATERIAL).order_by(MATERIAL.c.kind, MATERIAL.c.about))
        return [Kept(row.kind, row.about, row.der, row.made_at, row.next_at, row.fetched_at) for row in rows]


def _enrolled(row: Any) -> Enrolled:
    return Enrolled(
        facts=read(row.der),
        person=PersonId(row.person),
        enrolled_at=row.enrolled_at,
        enrolled_by=row.enrolled_by,
        revoked_at=row.revoked_at,
        withdrawn_at=row.withdrawn_at,
        reason=row.reason,
    )
