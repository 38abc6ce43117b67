"""A check of the record in portions, each of one moment and short: for the chores, which others wait behind (L1).

Rules: from the first leaf, or from where an earlier check ended – believed only if the kept tree still has the root
that was found then. Leaves with their events, subtrees and checkpoints come first, at most :data:`LEAVES` a portion;
when none is left, what no portion meets: checkpoints and subtrees beyond the end, the head, the file beside the
database; then, log by log, rows that no leaf speaks of. What is added meanwhile is checked along.

Usage::

    run = Portions(tools, kept, start=Start(size, root))
    while (checked := run.step()) is None: ...
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from server.record.checking import Walk
from server.record.model import MOST_PROBLEMS, Checked, Problem, Signed
from server.record.service import Tools
from server.unit import Transaction
from wire.merkle import Edge

#: About a tenth of a second of one processor each.
LEAVES: Final = 500
LOGS: Final = 20


class Start(NamedTuple):
    """Where an earlier check ended; ``root`` in hexadecimal, of that many leaves."""

    size: int
    root: str


NOTHING: Final = Start(0, "")


class Portions:
    """One check. ``since``: from how many leaves on, 0 for a whole one; known after the first step."""

    def __init__(self, tools: Tools, kept: Callable[[], Iterable[Signed]], start: Start = NOTHING) -> None:
        self._tools: Final = tools
        self._kept: Final = kept
        self._start: Final = start
        self._walk: Walk | None = None
        self._checkpoints = 0
        self._log: str | None = None
        self.since = start.size

    def step(self) -> Checked | None:
        """One portion more; what was found when it was the last. Whoever gets an error begins a new check."""
        # Before the transaction: the file is written after the commit, and so never ahead of what is read next.
        kept = list(self._kept())
        with self._tools.unit.read() as tx:
            walk = self._walk = self._walk or self._begun(tx)
            try:
                is_done = self._leaves(tx, walk, kept) if self._log is None else self._logs(tx, walk, self._log)
            except (TypeError, ValueError) as exc:
                # A column holds what its type has no value for: nothing of ours writes that.
                walk.problems.append(Problem("record-unreadable", {"why": type(exc).__name__}))
                is_done = True
        if not is_done:
            return None
        root, logs = walk.edge.root(), len(walk.seqs)
        return Checked(walk.edge.size, walk.good, root, logs, self._checkpoints, tuple(walk.problems))

    def _begun(self, tx: Transaction) -> Walk:
        # A tree that is not what it was is looked through from the beginning, and what is wrong has its name there.
        with contextlib.suppress(LookupError, TypeError, ValueError):
            edge = Edge.of(self._start.size, self._tools.store.nodes(tx))
            if self._start.size and edge.root().hex() == self._start.root:
                return Walk(edge)
        self.since = 0
        return Walk()

    def _leaves(self, tx: Transaction, walk: Walk, kept: list[Signed]) -> bool:
        tools, before = self._tools, walk.edge.size
        found = tools.store.span(tx, walk.number, limit=LEAVES)
        entries = [entry for _, entry in found]
        unseen = {entry.log for entry in entries} - walk.seqs.keys()
        if unseen and walk.number:
            walk.seqs |= tools.store.last_seqs(tx, unseen, below=walk.number)
        low = before or -1
        signed = tools.store.signed_between(tx, low, before + len(found))
        self._checkpoints += len(signed)
        walk.through(found, signed, key=tools.key, holds=tools.holds, nodes=True)
        walk.events(tools.logs.these(tx, entries))
        walk.nodes(tools.store.nodes_between(tx, before, walk.edge.size))
        if len(found) == LEAVES:
            return False
        self._end(tx, walk, kept)
        self._log = ""
        return False

    def _end(self, tx: Transaction, walk: Walk, kept: list[Signed]) -> None:
        store, size = self._tools.store, walk.edge.size
        for signed in store.signed_between(tx, size, None):
            walk.checkpoint(signed, self._tools.key, self._tools.holds)
        nodes = store.nodes(tx)
        for signed in kept:
            walk.beside(signed, lambda asked: Edge.of(asked, nodes), self._tools.key, self._tools.holds)
        head = store.edge(tx)
        if head != walk.edge:
            walk.wrong("record-head", size=head.size, found=size)
        for node in store.nodes_beyond(tx, size, limit=MOST_PROBLEMS):
            walk.wrong("record-node", level=node.place.level, at=node.place.at)

    def _logs(self, tx: Transaction, walk: Walk, after: str) -> bool:
        ends = self._tools.logs.ends(tx, after=after, limit=LOGS)
        last = self._tools.store.last_seqs(tx, [log for log, _, _ in ends], below=None)
        for log, lowest, highest in ends:
            known = last.get(log, 0)
            if lowest < 1 or highest > known:
                for seq in self._tools.logs.outside(tx, log, known, limit=MOST_PROBLEMS):
                    walk.wrong("event-unrecorded", log=log, seq=seq)
            self._log = log
        return len(ends) < LOGS
