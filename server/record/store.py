"""The record in the database: tables ``record_head``, ``record_leaves``, ``record_nodes`` and their companions.

Rules: the one row of ``record_head`` is the lock and the right edge: appending reads and writes it, adds the leaves and
the O(log n) subtrees that they complete, and nothing else. Level 0 of the tree is not kept twice: it is made of the
leaves. Rows of leaves, nodes and checkpoints are only added.

Usage: ``SqlRecordStore().append(tx, [Entry("m-…", 1, "…")])``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once, upsert
from server.record.model import SeatState, Seen, Signed, pack_edge, read_edge
from wire.entries import Entry
from wire.merkle import MAX_SIZE, Edge, Node, Nodes, Place, leaf_hash

HEAD: Final = Table(
    "record_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("edge", LargeBinary, nullable=False),
)
LEAVES: Final = Table(
    "record_leaves",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("log", String(18), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
NODES: Final = Table(
    "record_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
CHECKPOINTS: Final = Table(
    "record_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
SEEN: Final = Table(
    "record_seen",
    metadata,
    Column("device", String(18), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", Moment, nullable=False),
    Column("gave_up", BigInteger, nullable=False, server_default="0"),
)
_HEAD: Final = 1
_PORTION: Final = 1000


class SqlRecordStore:
    """The port :class:`server.record.ports.RecordStore` in SQL."""

    def append(self, tx: Connection, entries: Sequence[Entry]) -> Edge:
        """Add leaves; nobody else does until the transaction ends."""
        before = self.hold(tx)
        edge, made = before.grown(leaf_hash(entry.leaf()) for entry in entries)
        numbered = enumerate(entries, start=before.size)
        tx.execute(insert(LEAVES), [{"number": number, **entry._asdict()} for number, entry in numbered])
        upper = [{"level": node.place.level, "at": node.place.at, "hash": node.hash} for node in made]
        upper = [row for row in upper if row["level"]]
        if upper:
            tx.execute(insert(NODES), upper)
        tx.execute(update(HEAD).where(HEAD.c.id == _HEAD).values(size=edge.size, edge=pack_edge(edge)))
        return edge

    def hold(self, tx: Connection) -> Edge:
        """The right edge; nobody else appends until the transaction ends (SQLite has one writer anyway)."""
        locked = select(HEAD).where(HEAD.c.id == _HEAD).with_for_update()
        row = tx.execute(locked).one_or_none()
        if row is None:
            # The very first leaf: whoever is second waits for the first here.
            tx.execute(insert_once(tx, HEAD, {"id": _HEAD, "size": 0, "edge": b""}))
            row = tx.execute(locked).one()
        return read_edge(row.size, bytes(row.edge))

    def edge(self, tx: Connection) -> Edge:
        """The right edge as it is now."""
        row = tx.execute(select(HEAD).where(HEAD.c.id == _HEAD)).one_or_none()
        return Edge() if row is None else read_edge(row.size, bytes(row.edge))

    def nodes(self, tx: Connection) -> Nodes:
        """Reads the roots of complete subtrees; what is not there is a LookupError."""

        def read(level: int, at: int) -> bytes:
            if level == 0:
                row = tx.execute(select(LEAVES).where(LEAVES.c.number == at)).one_or_none()
                found = None if row is None else leaf_hash(_entry(row).leaf())
            else:
                place = (NODES.c.level == level) & (NODES.c.at == at)
                found = tx.execute(select(NODES.c.hash).where(place)).scalar_one_or_none()
            if found is None:
                raise LookupError(level, at)
            return bytes(found)

        return read

    def all_nodes(self, tx: Connection) -> Iterator[Node]:
        """Every kept subtree above the leaves."""
        for row in tx.execute(select(NODES)).yield_per(_PORTION):
            yield _node(row)

    def entries(self, tx: Connection, *, log: str | None = None) -> Iterator[tuple[int, Entry]]:
        """The leaves by number, of one log or of all."""
        wanted = select(LEAVES).order_by(LEAVES.c.number)
        if log is not None:
            wanted = wanted.where(LEAVES.c.log == log)
        for row in tx.execute(wanted).yield_per(_PORTION):
            yield row.number, _entry(row)

    def span(self, tx: Connection, at: int, *, limit: int) -> Sequence[tuple[int, Entry]]:
        """At most so many leaves from number ``at`` on."""
        wanted = select(LEAVES).where(LEAVES.c.number >= at).order_by(LEAVES.c.number).limit(limit)
        return [(row.number, _entry(row)) for row in tx.execute(wanted)]

    def last_seqs(self, tx: Connection, logs: Collection[str], *, below: int | None) -> dict[str, int]:
        """The highest number that the leaves (before the one numbered ``below``) have of each log that has any."""
        wanted = select(LEAVES.c.log, func.max(LEAVES.c.seq).label("last")).where(LEAVES.c.log.in_(list(logs)))
        if below is not None:
            wanted = wanted.where(LEAVES.c.number < below)
        return {row.log: row.last for row in tx.execute(wanted.group_by(LEAVES.c.log))}

    def nodes_between(self, tx: Connection, low: int, high: int) -> Iterator[Node]:
        """The kept subtrees above the leaves that leaves ``low … high - 1`` complete."""
        for level in range(1, high.bit_length()):
            begin, end = low >> level, high >> level
            if begin < end:
                wanted = select(NODES).where(NODES.c.level == level, NODES.c.at >= begin, NODES.c.at < end)
                yield from (_node(row) for row in tx.execute(wanted))

    def nodes_beyond(self, tx: Connection, size: int, *, limit: int) -> Sequence[Node]:
        """Kept subtrees that a tree of ``size`` leaves does not have."""
        found = list[Node]()
        for level in range(1, MAX_SIZE.bit_length()):
            wanted = select(NODES).where(NODES.c.level == level, NODES.c.at >= size >> level)
            found += [_node(row) for row in tx.execute(wanted.limit(limit))]
        return found

    def newest(self, tx: Connection, *, before: int | None, log: str, limit: int) -> Iterator[tuple[int, Entry]]:
        """Leaves below ``before`` (None: all), of one log or (empty) of all, the newest first."""
        wanted = select(LEAVES).order_by(LEAVES.c.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(LEAVES.c.number < before)
        if log:
            wanted = wanted.where(LEAVES.c.log == log)
        for row in tx.execute(wanted):
            yield row.number, _entry(row)

    def number_of(self, tx: Connection, log: str, seq: int) -> int | None:
        """Where an event's leaf is, the first if somebody put in another; None when there is none."""
        wanted = select(LEAVES.c.number).where(LEAVES.c.log == log, LEAVES.c.seq == seq).order_by(LEAVES.c.number)
        found: int | None = tx.execute(wanted.limit(1)).scalar_one_or_none()
        return found

    def add_signed(self, tx: Connection, signed: Signed) -> None:
        """Keep a checkpoint."""
        note = signed.note.decode()
        tx.execute(insert(CHECKPOINTS).values(size=signed.size, root=signed.root, note=note, at=signed.at))

    def newest_signed(self, tx: Connection) -> Signed | None:
        """The one of the largest size."""
        row = tx.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)).one_or_none()
        return None if row is None else _signed(row)

    def signed_between(self, tx: Connection, low: int, high: int | None) -> Sequence[Signed]:
        """Checkpoints of more than ``low`` and at most ``high`` leaves (None: any more), the smallest first."""
        wanted = select(CHECKPOINTS).where(CHECKPOINTS.c.size > low).order_by(CHECKPOINTS.c.size)
        if high is not None:
            wanted = wanted.where(CHECKPOINTS.c.size <= high)
        return [_signed(row) for row in tx.execute(wanted)]

    def all_signed(self, tx: Connection) -> Sequence[Signed]:
        """All, the smallest first."""
        return [_signed(row) for row in tx.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size))]

    def set_seen(self, tx: Connection, seen: Seen) -> None:
        """What a terminal said last."""
        values = {"device": seen.device, "size": seen.size, "root": seen.root, "state": seen.state.value, "at": seen.at}
        values |= {"gave_up": seen.gave_up}
        tx.execute(upsert(tx, SEEN, values=values, key=("device",)))

    def all_seen(self, tx: Connection) -> Sequence[Seen]:
        """Of all terminals."""
        rows = tx.execute(select(SEEN).order_by(SEEN.c.device))
        return [Seen(row.device, row.size, row.root, SeatState(row.state), row.at, row.gave_up) for row in rows]


def _node(row: Any) -> Node:
    return Node(Place(row.level, row.at), bytes(row.hash))


def _entry(row: Any) -> Entry:
    return Entry(row.log, row.seq, row.hash)


def _signed(row: Any) -> Signed:
    return Signed(row.size, bytes(row.root), row.note.encode(), row.at)
