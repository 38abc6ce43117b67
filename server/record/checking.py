"""Checks a whole record against the events it speaks of: what was changed, taken out, put in, moved or cut off.

Rules L1, W70–W72: nothing that was worked out before is believed – hashes of events, the tree and its subtrees are all
computed anew, and every checkpoint that was ever signed has to be a root of these leaves. What is wrong is named by log
and number where that can be told, and by the span between two checkpoints where it cannot.

Usage: ``check(Found(entries, events, edge, nodes, signed), key=key, holds=holds).problems``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from server.record.model import MOST_PROBLEMS, Checked, Problem, Signed
from wire.checkpoint import Checkpoint
from wire.entries import Entry
from wire.errors import WireError
from wire.merkle import Edge, Node, Place, leaf_hash
from wire.note import Check, NoteKey


@dataclass(frozen=True, slots=True)
class Found:
    """What lies there. ``events``: log, number and computed hash of every event; empty when it cannot be read.

    ``edge`` and ``nodes`` are None where only the leaves were given on.
    """

    entries: Iterable[tuple[int, Entry]]
    events: Iterable[tuple[str, int, str]] | None
    signed: Sequence[Signed]
    edge: Edge | None = None
    nodes: Iterable[Node] | None = None


class Walk:
    """One check, from a right edge that is believed (of nothing: a whole one); ``problems`` as they are found.

    ``seqs``: the last number of each log so far. ``leaves`` and ``made`` wait for :meth:`events` and :meth:`nodes`.
    """

    def __init__(self, edge: Edge | None = None) -> None:
        self.problems: list[Problem] = []
        self.edge = edge or Edge()
        self.made: dict[Place, bytes] = {}
        self.leaves: dict[tuple[str, int], str] = {}
        self.seqs: dict[str, int] = {}
        self.good = self.edge.size
        self.number = self.edge.size

    def wrong(self, code: str, **data: Any) -> None:
        """One thing more that is not as it should be."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, data))

    def through(
        self, entries: Iterable[tuple[int, Entry]], signed: Sequence[Signed], *, key: NoteKey, holds: Check, nodes: bool
    ) -> list[Signed]:
        """Leaves, one after another, each checkpoint where it was signed; gives back those that are further on."""
        waiting = sorted(signed, key=lambda one: one.size, reverse=True)
        for number, entry in entries:
            while waiting and waiting[-1].size <= self.edge.size:
                self.checkpoint(waiting.pop(), key, holds)
            self.leaf(number, entry, keeps_nodes=nodes)
        while waiting and waiting[-1].size <= self.edge.size:
            self.checkpoint(waiting.pop(), key, holds)
        return waiting

    def leaf(self, number: int, entry: Entry, *, keeps_nodes: bool) -> None:
        """One more leaf."""
        if number != self.number:
            self.wrong("record-gap", number=number, expected=self.number)
        self.number = number + 1
        expected = self.seqs.get(entry.log, 0) + 1
        if entry.seq != expected:
            self.wrong("record-order", log=entry.log, seq=entry.seq, expected=expected)
        self.seqs[entry.log] = entry.seq
        self.leaves[entry.log, entry.seq] = entry.hash
        try:
            hashed = leaf_hash(entry.leaf())
        except WireError:
            self.wrong("record-leaf", number=number)
            hashed = leaf_hash(b"")
        self.edge, made = self.edge.grown([hashed])
        if keeps_nodes:
            self.made |= {node.place: node.hash for node in made if node.place.level}

    def checkpoint(self, signed: Signed, key: NoteKey, holds: Check) -> None:
        """One that was signed when the record was as long as it is now."""
        if not _is_signed(signed, key, holds):
            self.wrong("record-checkpoint", size=signed.size)
        elif signed.size > self.edge.size:
            self.wrong("record-short", size=signed.size, found=self.edge.size)
        elif signed.root != self.edge.root():
            self.wrong("record-root", size=signed.size, after=self.good)
        else:
            self.good = signed.size

    def beside(self, signed: Signed, edge_of: Callable[[int], Edge], key: NoteKey, holds: Check) -> None:
        """One that is known from elsewhere, when all is read; ``edge_of`` reads the kept tree (LookupError)."""
        if not _is_signed(signed, key, holds):
            self.wrong("record-checkpoint", size=signed.size)
        elif signed.size > self.edge.size:
            self.wrong("record-short", size=signed.size, found=self.edge.size)
        elif not _has_root(signed, edge_of):
            self.wrong("record-root", size=signed.size, after=0)

    def events(self, events: Iterable[tuple[str, int, str]]) -> None:
        """Every event against its leaf; what waited for one and has none is missing."""
        for log, seq, hashed in events:
            recorded = self.leaves.pop((log, seq), None)
            if recorded is None:
                self.wrong("event-unrecorded", log=log, seq=seq)
            elif recorded != hashed:
                self.wrong("event-changed", log=log, seq=seq)
        for log, seq in self.leaves:
            self.wrong("event-missing", log=log, seq=seq)
        self.leaves = {}

    def nodes(self, nodes: Iterable[Node]) -> None:
        """Every kept subtree against the computed one."""
        for place, hashed in nodes:
            if self.made.pop(place, None) != hashed:
                self.wrong("record-node", level=place.level, at=place.at)
        for place in self.made:
            self.wrong("record-node", level=place.level, at=place.at)
        self.made = {}


def check(found: Found, *, key: NoteKey, holds: Check) -> Checked:
    """All of a record."""
    run = Walk()
    left = run.through(found.entries, found.signed, key=key, holds=holds, nodes=found.nodes is not None)
    for signed in reversed(left):
        run.checkpoint(signed, key, holds)
    if found.events is not None:
        run.events(found.events)
    if found.edge is not None and found.edge != run.edge:
        run.wrong("record-head", size=found.edge.size, found=run.edge.size)
    if found.nodes is not None:
        run.nodes(found.nodes)
    sizes = {one.size for one in found.signed}
    return Checked(run.edge.size, run.good, run.edge.root(), len(run.seqs), len(sizes), tuple(run.problems))


def _has_root(signed: Signed, edge_of: Callable[[int], Edge]) -> bool:
    try:
        return edge_of(signed.size).root() == signed.root
    except LookupError:
        return False


def _is_signed(signed: Signed, key: NoteKey, holds: Check) -> bool:
    try:
        found = Checkpoint.open(signed.note, key, holds)
    except WireError:
        return False
    return (found.size, found.root) == (signed.size, signed.root)
