"""Every event there is, from the tables as they are: for a check of the record, and for the auditor.

Rules: nothing of the features is asked, and nothing that was worked out before is believed.

Usage: ``for log, seq, hashed in SqlLogs().all(tx): ...``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.audit.model import hash_of
from server.audit.store import SqlAuditStore
from server.meetings.store import SqlMeetingStore
from server.record.reading import Line
from server.unit import Transaction
from wire.entries import HOUSE, Entry


class SqlLogs:
    """The port :class:`server.record.ports.Logs` over the tables of both kinds of logs."""

    def all(self, tx: Transaction) -> Iterator[tuple[str, int, str]]:
        """Every row: its log, its number, and the hash computed from its content."""
        yield from SqlMeetingStore().hashes(tx)
        for number, hashed in SqlAuditStore().hashes(tx):
            yield HOUSE, number, hashed

    def these(self, tx: Transaction, entries: Sequence[Entry]) -> Iterator[tuple[str, int, str]]:
        """The same of the rows that these leaves speak of."""
        house = [entry.seq for entry in entries if entry.log == HOUSE]
        meetings = [(entry.log, entry.seq) for entry in entries if entry.log != HOUSE]
        if meetings:
            yield from SqlMeetingStore().hashes(tx, wanted=meetings)
        if house:
            yield from ((HOUSE, number, hashed) for number, hashed in SqlAuditStore().hashes(tx, wanted=house))

    def ends(self, tx: Transaction, *, after: str, limit: int) -> Sequence[tuple[str, int, int]]:
        """Logs behind ``after`` in the order of their names, each with its lowest and highest number."""
        ends = SqlAuditStore().ends(tx) if after < HOUSE else None
        house = [] if ends is None else [(HOUSE, *ends)]
        return [*house, *SqlMeetingStore().ends(tx, after=after, limit=limit - len(house))]

    def outside(self, tx: Transaction, log: str, last: int, *, limit: int) -> Sequence[int]:
        """Numbers of rows of a log that are none of 1 … ``last``."""
        if log == HOUSE:
            return SqlAuditStore().outside(tx, last, limit=limit)
        return SqlMeetingStore().outside(tx, log, last, limit=limit)

    def of(self, tx: Transaction, entries: Sequence[Entry]) -> dict[tuple[str, int], Line]:
        """The port :class:`server.record.reading.Lines`: those of these entries that are there, unchanged."""
        leaves = {(entry.log, entry.seq): entry.hash for entry in entries}
        house = [entry.seq for entry in entries if entry.log == HOUSE]
        meetings = [(entry.log, entry.seq) for entry in entries if entry.log != HOUSE]
        found: dict[tuple[str, int], Line] = {}
        for event in SqlMeetingStore().some(tx, meetings) if meetings else ():
            if event is not None and leaves[event.meeting, event.seq] == event.hash:
                found[event.meeting, event.seq] = Line(event.at, event.actor, event.kind, event.data)
        for one in SqlAuditStore().some(tx, house) if house else ():
            if one is not None and leaves[HOUSE, one.number] == hash_of(one):
                found[HOUSE, one.number] = Line(one.at, one.actor, one.kind, one.data)
        return found
