"""Epoch keys in the database (table ``epochs``).

Rules: only wrapped keys come here.

Usage: ``SqlEpochStore().newest_epoch(tx, meeting)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, func, select

from server.db.metadata import Moment, metadata
from server.unit import Transaction

EPOCHS: Final = Table(
    "epochs",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)


class SqlEpochStore:
    """The port :class:`server.keys.ports.EpochStore` in SQL."""

    def add_epoch(self, tx: Transaction, meeting: str, *, epoch: int, wrapped: bytes, at: dt.datetime) -> None:
        """Keep the key of a new epoch."""
        tx.execute(EPOCHS.insert().values(meeting=meeting, epoch=epoch, wrapped_key=wrapped, created_at=at))

    def newest_epoch(self, tx: Transaction, meeting: str) -> int:
        """The highest number, 0 when there is none."""
        return int(tx.scalar(select(func.max(EPOCHS.c.epoch)).where(EPOCHS.c.meeting == meeting)) or 0)

    def epoch(self, tx: Transaction, meeting: str, *, epoch: int) -> bytes | None:
        """The wrapped key, None when there is none."""
        row = (EPOCHS.c.meeting == meeting) & (EPOCHS.c.epoch == epoch)
        found: bytes | None = tx.scalar(select(EPOCHS.c.wrapped_key).where(row))
        return found
