"""The record: leaves of a Merkle tree, also for all that was there before, meeting by meeting and then the house."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment
from wire.entries import HOUSE, Entry
from wire.merkle import Edge, leaf_hash

revision = "0011_record"
down_revision = "0010_console_tokens"
branch_labels = None
depends_on = None

_PORTION = 500


def upgrade() -> None:
    head = op.create_table(
        "record_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("edge", sa.LargeBinary, nullable=False),
    )
    leaves = op.create_table(
        "record_leaves",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("log", sa.String(18), nullable=False, index=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    nodes = op.create_table(
        "record_nodes",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "record_checkpoints",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "record_seen",
        sa.Column("device", sa.String(18), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    _fill(op.get_bind(), head, leaves=leaves, nodes=nodes)


def _fill(tx: sa.Connection, head: sa.Table, *, leaves: sa.Table, nodes: sa.Table) -> None:
    edge, portion = Edge(), list[Entry]()

    def write() -> Edge:
        grown, made = edge.grown(leaf_hash(entry.leaf()) for entry in portion)
        numbered = enumerate(portion, start=edge.size)
        if portion:
            tx.execute(sa.insert(leaves), [{"number": number, **entry._asdict()} for number, entry in numbered])
        upper = [{"level": n.place.level, "at": n.place.at, "hash": n.hash} for n in made if n.place.level]
        if upper:
            tx.execute(sa.insert(nodes), upper)
        portion.clear()
        return grown

    for entry in list(_entries(tx)):
        portion.append(entry)
        if len(portion) == _PORTION:
            edge = write()
    edge = write()
    if edge.size:
        tx.execute(sa.insert(head).values(id=1, size=edge.size, edge=b"".join(edge.hashes)))


def _entries(tx: sa.Connection) -> Iterator[Entry]:
    events = sa.text("SELECT meeting, seq, hash FROM meeting_events ORDER BY meeting, seq")
    for row in tx.execute(events):
        yield Entry(row.meeting, row.seq, row.hash)
    for row in tx.execute(sa.text("SELECT number, hash FROM admin_events ORDER BY number")):
        yield Entry(HOUSE, row.number, row.hash)


def downgrade() -> None:
    for table in ("record_seen", "record_checkpoints", "record_nodes", "record_leaves", "record_head"):
        op.drop_table(table)
