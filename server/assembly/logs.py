"""Every event there is, from the tables as they are: what a check of the record compares its leaves with.

Rules: nothing of the features is asked, and nothing that was worked out before is believed.

Usage: ``for log, seq, hashed in SqlLogs().all(tx): ...``.
"""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.store import SqlAuditStore
from server.meetings.store import SqlMeetingStore
from server.unit import Transaction
from wire.entries import HOUSE


class SqlLogs:
    """The port :class:`server.record.ports.Logs` over the tables of both kinds of logs."""

    def all(self, tx: Transaction) -> Iterator[tuple[str, int, str]]:
        """Every row: its log, its number, and the hash computed from its content."""
        yield from SqlMeetingStore().hashes(tx)
        for number, hashed in SqlAuditStore().hashes(tx):
            yield HOUSE, number, hashed
