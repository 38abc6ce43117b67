"""The addresses of calendars in the database (table ``calendar_addresses``).

Rules: an address is kept as its SHA-256; a person has one at most.

Usage: ``SqlAddressStore().find(tx, digest)``.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, Column, String, Table, delete, select

from server.calendars.ports import Address
from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.unit import Transaction

ADDRESSES: Final = Table(
    "calendar_addresses",
    metadata,
    Column("person", String(18), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("titles", Boolean, nullable=False),
    Column("made_at", Moment, nullable=False),
)


class SqlAddressStore:
    """The port :class:`server.calendars.ports.AddressStore` in SQL."""

    def put(self, tx: Transaction, digest: str, address: Address) -> None:
        """The person's only address from now on."""
        row = {"digest": digest, **address._asdict()}
        tx.execute(upsert(tx, ADDRESSES, values=row, key=("person",)))

    def drop(self, tx: Transaction, person: str) -> bool:
        """The person has none any more; whether there was one."""
        return bool(tx.execute(delete(ADDRESSES).where(ADDRESSES.c.person == person)).rowcount)

    def of(self, tx: Transaction, person: str) -> Address | None:
        """The person's."""
        return _one(tx, ADDRESSES.c.person == person)

    def find(self, tx: Transaction, digest: str) -> Address | None:
        """Whose it is."""
        return _one(tx, ADDRESSES.c.digest == digest)


def _one(tx: Transaction, condition: Any) -> Address | None:
    row = tx.execute(select(ADDRESSES).where(condition)).one_or_none()
    return None if row is None else Address(row.person, row.titles, row.made_at)
