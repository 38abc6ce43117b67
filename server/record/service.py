"""Adds to the record, signs checkpoints of it, proves and checks it (L1, W70–W72).

Rules: leaves are added last in the transaction of their events. A checkpoint is signed over what is committed, and only
when everything that was signed before – by the database's word and by the file beside it – is a beginning of it.

Usage::

    recorder.add(tx, [Entry("m-…", event.seq, event.hash)])     # inside the transaction of the event
    record.sign(now=now)                                        # the newest checkpoint
    record.check().problems
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from server.record import checking
from server.record.errors import RecordForked, RecordTooShort
from server.record.model import AGAINST, Checked, Problem, SeatState, Seen, Signed, WentBack
from server.record.ports import Keep, Logs, RecordStore
from server.unit import LastWrites, Transaction, UnitOfWork
from wire.checkpoint import Checkpoint
from wire.entries import Entry
from wire.errors import WireError
from wire.merkle import EMPTY_ROOT, Edge, Nodes
from wire.merkle_proofs import consistency, inclusion
from wire.note import Check, NoteKey, Sign

_LOG: Final = logging.getLogger("record")


@dataclass(frozen=True, slots=True)
class Recorder:
    """What the logs need of the record."""

    unit: LastWrites
    store: RecordStore

    def add(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        """Leaves that are there when ``tx`` is committed."""
        if entries:
            self.unit.last(tx, lambda last: _append(self.store, last, entries))


def _append(store: RecordStore, tx: Transaction, entries: Sequence[Entry]) -> None:
    store.append(tx, entries)


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with; ``sign`` is of the record's own key."""

    unit: UnitOfWork
    store: RecordStore
    logs: Logs
    keep: Keep
    key: NoteKey
    sign: Sign = field(repr=False)
    holds: Check = field(repr=False)


class Proven(NamedTuple):
    """A leaf with its number and its inclusion proof."""

    number: int
    entry: Entry
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecordService:
    """The one record of the house."""

    tools: Tools

    def sign(self, *, now: dt.datetime) -> Signed | None:
        """The checkpoint of the record as it is; None while it is empty. Raises RecordForked."""
        tools = self.tools
        with tools.unit.begin() as tx:
            edge = tools.store.hold(tx)
            newest = tools.store.newest_signed(tx)
            self._must_follow(tx, edge, newest)
            if edge.size == 0 or (newest is not None and newest.size == edge.size):
                return newest
            checkpoint = Checkpoint(tools.key.name, edge.size, edge.root())
            note = checkpoint.note(tools.key, tools.sign).encode()
            signed = Signed(edge.size, edge.root(), note, now)
            tools.store.add_signed(tx, signed)
        tools.keep.write(signed.note)
        return signed

    def is_forked(self) -> bool:
        """Whether nothing can be signed because the record does not go on from what was signed before."""
        store = self.tools.store
        kept = list(self.kept())
        with self.tools.unit.read() as tx:
            earlier, edge, nodes = store.newest_signed(tx), store.edge(tx), store.nodes(tx)
            known = kept if earlier is None else [earlier, *kept]
            return not all(_begins_with(edge, nodes, one.size, root=one.root) for one in known)

    def went_back(self) -> WentBack | None:
        """How far the database was put back; None when it was not, or when that alone does not explain what is wrong.

        The record has to agree with every checkpoint of its own: only the file beside it knows of more.
        """
        store = self.tools.store
        kept = next(self.kept(), None)
        with self.tools.unit.read() as tx:
            newest, edge, nodes = store.newest_signed(tx), store.edge(tx), store.nodes(tx)
            if kept is None or kept.size == 0 or _begins_with(edge, nodes, kept.size, root=kept.root):
                return None
            if newest is not None and not _begins_with(edge, nodes, newest.size, root=newest.root):
                return None
            signed, at = (0, None) if newest is None else (newest.size, newest.at)
            return WentBack(kept.size, kept.root.hex(), edge.size, signed, at)

    def newest(self) -> Signed | None:
        """The checkpoint that was signed last."""
        with self.tools.unit.read() as tx:
            return self.tools.store.newest_signed(tx)

    def size(self) -> int:
        """How many leaves there are now."""
        with self.tools.unit.read() as tx:
            return self.tools.store.edge(tx).size

    def prove(self, log: str, *, size: int) -> list[Proven]:
        """The leaves of a log that are in the tree of ``size``, with their proofs."""
        store = self.tools.store
        with self.tools.unit.read() as tx:
            nodes = _Remembered(store.nodes(tx))
            found = [(number, entry) for number, entry in store.entries(tx, log=log) if number < size]
            return [Proven(number, entry, inclusion(number, size, nodes)) for number, entry in found]

    def prove_one(self, log: str, seq: int, *, size: int) -> tuple[int, tuple[bytes, ...]]:
        """Number and proof of one leaf in the tree of ``size``; raises RecordTooShort for one that is not in it."""
        with self.tools.unit.read() as tx:
            number = self.tools.store.number_of(tx, log, seq)
            if number is None or number >= size:
                raise RecordTooShort(size=size)
            return number, inclusion(number, size, self.tools.store.nodes(tx))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """What shows that the record of ``new`` leaves begins with that of ``old``; raises RecordTooShort."""
        with self.tools.unit.read() as tx:
            if not 0 <= old <= new <= self.tools.store.edge(tx).size:
                raise RecordTooShort(size=max(old, new))
            return consistency(old, new, self.tools.store.nodes(tx))

    def entries(self) -> list[Entry]:
        """All leaves, by number."""
        with self.tools.unit.read() as tx:
            return [entry for _, entry in self.tools.store.entries(tx)]

    def all_signed(self) -> Sequence[Signed]:
        """Every checkpoint, the smallest first."""
        with self.tools.unit.read() as tx:
            return self.tools.store.all_signed(tx)

    def taken(self, *, is_whole: bool) -> tuple[list[Entry], Sequence[Signed]]:
        """Leaves and checkpoints of one moment; what no checkpoint covers yet only if ``is_whole``."""
        store = self.tools.store
        with self.tools.unit.read() as tx:
            signed, found = store.all_signed(tx), store.entries(tx)
            if is_whole or not signed:
                return [entry for _, entry in found], signed
            return [entry for number, entry in found if number < signed[-1].size], signed

    def check(self) -> Checked:
        """The whole record against all events, from the tables as they are."""
        tools = self.tools
        # Read first: the file is written after the commit, and so never ahead of what is read next.
        kept = list(self.kept())
        with tools.unit.read() as tx:
            found = checking.Found(
                tools.store.entries(tx),
                tools.logs.all(tx),
                [*tools.store.all_signed(tx), *kept],
                tools.store.edge(tx),
                tools.store.all_nodes(tx),
            )
            try:
                checked = checking.check(found, key=tools.key, holds=tools.holds)
            except (TypeError, ValueError) as exc:
                # A column holds what its type has no value for: nothing of ours writes that.
                problem = Problem("record-unreadable", {"why": type(exc).__name__})
                checked = Checked(0, 0, EMPTY_ROOT, 0, 0, (problem,))
        for problem in checked.problems:
            _LOG.error("%s %s", problem.code, problem.data)
        return checked

    # What terminals have seen

    def heard(self, device: str, size: int, root: str, *, forked: bool, now: dt.datetime, gave_up: int = 0) -> Seen:
        """Keep what a terminal says it has seen, and left, and judge it by this record."""
        with self.tools.unit.begin() as tx:
            # Nothing is signed while a record that was put back contradicts: who was shown a second one was deceived.
            state = SeatState.TURNED if forked else self._judged(tx, size, root)
            if state is SeatState.FORKED and self._was_good(tx, device, size, root=root):
                state = SeatState.TURNED
            seen = Seen(device, size, root, state, now, gave_up)
            self.tools.store.set_seen(tx, seen)
        if state in AGAINST:
            _LOG.error("%s keeps a checkpoint of %d leaves that this record does not go on from", device, size)
        return seen

    def all_seen(self) -> Sequence[Seen]:
        """Of all terminals."""
        with self.tools.unit.read() as tx:
            return self.tools.store.all_seen(tx)

    def _was_good(self, tx: Transaction, device: str, size: int, *, root: str) -> bool:
        """Whether the terminal kept just that when it was good, also if it was judged again since."""
        before = next((one for one in self.tools.store.all_seen(tx) if one.device == device), None)
        if before is None or (before.size, before.root) != (size, root):
            return False
        return before.state in {SeatState.GOOD, SeatState.TURNED}

    def _judged(self, tx: Transaction, size: int, root: str) -> SeatState:
        if size == 0:
            return SeatState.NONE
        edge = self.tools.store.edge(tx)
        good = _begins_with(edge, self.tools.store.nodes(tx), size, root=bytes.fromhex(root))
        return SeatState.GOOD if good else SeatState.FORKED

    def _must_follow(self, tx: Transaction, edge: Edge, newest: Signed | None) -> None:
        nodes = self.tools.store.nodes(tx)
        for earlier in (newest, *self.kept()):
            if earlier is not None and not _begins_with(edge, nodes, earlier.size, root=earlier.root):
                _LOG.error("nothing is signed: this does not go on from the checkpoint of %d leaves", earlier.size)
                raise RecordForked(size=earlier.size)

    def kept(self) -> Iterator[Signed]:
        """What the file beside the database says was signed."""
        note = self.tools.keep.read()
        if note is None:
            return
        try:
            found = Checkpoint.open(note, self.tools.key, self.tools.holds)
        except WireError:
            # Not ours, or spoilt: it is shown by a check, and keeps nobody from signing.
            yield Signed(0, b"", note, _LONG_AGO)
            return
        yield Signed(found.size, found.root, note, _LONG_AGO)


_LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _begins_with(edge: Edge, nodes: Nodes, size: int, *, root: bytes) -> bool:
    if size == 0:
        return True
    try:
        return size <= edge.size and Edge.of(size, nodes).root() == root
    except LookupError:
        return False


class _Remembered:
    """Reads each subtree once: proofs of neighbours share most of theirs."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes: Final = nodes
        self._known: Final[dict[tuple[int, int], bytes]] = {}

    def __call__(self, level: int, at: int) -> bytes:
        found = self._known.get((level, at))
        if found is None:
            found = self._known[level, at] = self._nodes(level, at)
        return found
