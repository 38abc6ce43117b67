"""Dossiers that were made up, and the lists with which they were handed over, in the database.

Rules: a number of a year is given once; a change is written by comparing the revision.

Usage: ``SqlArchiveStore().find(connection, "m-…")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
    update,
)

from server.archive.model import Filed, Transfer
from server.db.metadata import Moment, metadata

TRANSFERS: Final = Table(
    "archive_transfers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("since", String(10), nullable=False),
    Column("until", String(10), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("receiver", String(200), nullable=False),
    Column("position", String(200), nullable=False),
    Column("done_on", String(10), nullable=True),
    Column("done_by", String(200), nullable=False),
    Column("back_at", Moment, nullable=True),
    Column("back_by", String(200), nullable=False, server_default=""),
    Column("back_reason", Text, nullable=False, server_default=""),
    Column("back_lines", Text, nullable=False, server_default=""),
)
DOSSIERS: Final = Table(
    "archive_dossiers",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("type", String(200), nullable=False),
    Column("began", String(10), nullable=False),
    Column("closed", String(10), nullable=False),
    Column("documents", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("years", Integer, nullable=True),
    Column("revision", Integer, nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("transfer", Integer, ForeignKey("archive_transfers.number"), nullable=True, index=True),
    UniqueConstraint("year", "number", name="uq_archive_dossiers_number"),
)
_DAYS: Final = frozenset({"began", "closed", "since", "until", "done_on"})


class SqlArchiveStore:
    """The ``ArchiveStore`` of both databases."""

    def hold(self, tx: Connection) -> None:
        """Nobody else gives a number, or changes a list, until the transaction ends.

        It comes before a row is held: who holds a row and then waits for the tables stops who has them for good.
        """
        if tx.dialect.name != "sqlite":
            tx.execute(text("LOCK TABLE archive_dossiers, archive_transfers IN SHARE ROW EXCLUSIVE MODE"))

    def next_number(self, tx: Connection, year: int) -> int:
        """The last of the year and one."""
        last = tx.scalar(select(func.max(DOSSIERS.c.number)).where(DOSSIERS.c.year == year))
        return int(last or 0) + 1

    def add(self, tx: Connection, filed: Filed) -> None:
        """A new one."""
        tx.execute(insert(DOSSIERS).values(_values(filed, DOSSIERS)))

    def find(self, tx: Connection, meeting: str) -> Filed | None:
        """Of a meeting."""
        row = tx.execute(select(DOSSIERS).where(DOSSIERS.c.meeting == meeting)).one_or_none()
        return None if row is None else _filed(row)

    def save(self, tx: Connection, after: Filed, *, before: Filed) -> bool:
        """Write ``after`` if it still is ``before``; whether it was."""
        same = (DOSSIERS.c.meeting == before.meeting) & (DOSSIERS.c.revision == before.revision)
        return tx.execute(update(DOSSIERS).where(same).values(_values(after, DOSSIERS))).rowcount == 1

    def all(self, tx: Connection) -> Sequence[Filed]:
        """The newest first."""
        wanted = select(DOSSIERS).order_by(DOSSIERS.c.year.desc(), DOSSIERS.c.number.desc())
        return [_filed(row) for row in tx.execute(wanted)]

    def of_transfer(self, tx: Connection, number: int) -> Sequence[Filed]:
        """In the order of their numbers."""
        wanted = select(DOSSIERS).where(DOSSIERS.c.transfer == number).order_by(DOSSIERS.c.year, DOSSIERS.c.number)
        return [_filed(row) for row in tx.execute(wanted)]

    def add_transfer(self, tx: Connection, transfer: Transfer, meetings: Collection[str]) -> None:
        """A new list of these."""
        tx.execute(insert(TRANSFERS).values(_values(transfer, TRANSFERS)))
        mine = DOSSIERS.c.meeting.in_(list(meetings))
        tx.execute(update(DOSSIERS).where(mine).values(transfer=transfer.number, revision=DOSSIERS.c.revision + 1))

    def next_transfer(self, tx: Connection) -> int:
        """The last and one."""
        return int(tx.scalar(select(func.max(TRANSFERS.c.number))) or 0) + 1

    def transfer(self, tx: Connection, number: int) -> Transfer | None:
        """By number; nobody else changes it until the transaction ends."""
        row = tx.execute(select(TRANSFERS).where(TRANSFERS.c.number == number).with_for_update()).one_or_none()
        return None if row is None else _transfer(row)

    def save_transfer(self, tx: Connection, transfer: Transfer) -> None:
        """From now on it is this."""
        mine = TRANSFERS.c.number == transfer.number
        tx.execute(update(TRANSFERS).where(mine).values(_values(transfer, TRANSFERS)))

    def free(self, tx: Connection, number: int) -> None:
        """The dossiers of a list stand in none."""
        mine = DOSSIERS.c.transfer == number
        tx.execute(update(DOSSIERS).where(mine).values(transfer=None, revision=DOSSIERS.c.revision + 1))

    def transfers(self, tx: Connection) -> Sequence[Transfer]:
        """The newest first."""
        return [_transfer(row) for row in tx.execute(select(TRANSFERS).order_by(TRANSFERS.c.number.desc()))]


def _values(found: Filed | Transfer, table: Table) -> dict[str, Any]:
    told = {column.name: getattr(found, column.name) for column in table.c}
    return {name: value.isoformat() if name in _DAYS and value is not None else value for name, value in told.items()}


def _filed(row: Row[Any]) -> Filed:
    return Filed(**_read(row, DOSSIERS))


def _transfer(row: Row[Any]) -> Transfer:
    return Transfer(**_read(row, TRANSFERS))


def _read(row: Row[Any], table: Table) -> dict[str, Any]:
    told = {column.name: getattr(row, column.name) for column in table.c}
    days = {name: dt.date.fromisoformat(told[name]) for name in _DAYS & told.keys() if told[name] is not None}
    return told | days
