"""The agency's description in the database: one row.

Usage: ``SqlAgencyStore().house(connection)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Column, Connection, Integer, String, Table, Text, select

from server.agency.model import House
from server.db.metadata import Moment, metadata
from server.db.upsert import upsert

AGENCY: Final = Table(
    "agency",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("parent", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("short", String(30), nullable=False),
    Column("place", String(60), nullable=False),
    Column("changed_at", Moment, nullable=False),
)
_ONE: Final = 1


class SqlAgencyStore:
    """The ``AgencyStore`` of both databases."""

    def house(self, tx: Connection) -> House | None:
        """As it is now; None before anybody described it."""
        row = tx.execute(select(AGENCY).where(AGENCY.c.id == _ONE)).one_or_none()
        if row is None:
            return None
        return House(tuple(row.parent.splitlines()), tuple(row.name.splitlines()), row.short, row.place)

    def put(self, tx: Connection, house: House, *, at: dt.datetime) -> None:
        """From now on this."""
        row = {"parent": "\n".join(house.parent), "name": "\n".join(house.name), "short": house.short}
        values = {"id": _ONE, **row, "place": house.place, "changed_at": at}
        tx.execute(upsert(tx, AGENCY, values=values, key=("id",)))
