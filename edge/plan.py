"""What a seat should hold, what it holds, and the steps between.

Rules: pure. Keys that must go are destroyed before anything else happens (P7). A step is named, not performed
(``edge/steps.py`` does that); requests to the server stay in the plan until their answer has changed what is held, and
:class:`Pace` says when to ask again. Nothing to do is the empty tuple (W27).

Usage::

    for step in pace.due(plan(wish, held), now_s): perform(step)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from wire.messages import Holding, Wish
from wire.topics import PaperVersion

#: The server tells the whole room by itself; a seat asks only for what has not come by then.
PATIENCE_S: Final = 0.3
#: An unanswered request is repeated after so long; the server may have been restarted.
ASK_AGAIN_S: Final = 3.0
#: How long a paper may stand still before the seat reports its bitmap again.
STALLED_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper version on the disk. ``has_key`` means that its key is kept too."""

    has_key: bool = False
    have: int = 0
    chunks: int = 0

    @property
    def complete(self) -> bool:
        """Whether every chunk and the key are there."""
        return self.has_key and self.chunks > 0 and self.have == self.chunks


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """What is kept of a meeting. ``seq`` is the last event of its log, 0 before the first."""

    has_box: bool = False
    epochs: frozenset[int] = frozenset()
    seq: int = 0
    papers: Mapping[PaperVersion, HeldPaper] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """All that is kept. ``receipts``: meetings destroyed, and whether the server has acknowledged that."""

    meetings: Mapping[str, HeldMeeting] = field(default_factory=dict)
    receipts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Destroy:
    """Destroy a meeting's keys, then all else of it, and write the receipt."""

    meeting: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Destroy a meeting this seat has no part in any more; nobody waits for a receipt."""

    meeting: str


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The server asks for a receipt it once acknowledged: give it again."""

    meeting: str


@dataclass(frozen=True, slots=True)
class DropPaper:
    """Destroy one paper version: replaced, or taken back singly."""

    meeting: str
    paper: PaperVersion


@dataclass(frozen=True, slots=True)
class MakeBox:
    """Make the seat's own key for a meeting."""

    meeting: str


@dataclass(frozen=True, slots=True)
class Join:
    """Show that key to the server and get the epoch key."""

    meeting: str
    epoch: int


@dataclass(frozen=True, slots=True)
class WantEvents:
    """Ask for the events after a number."""

    meeting: str
    after: int


@dataclass(frozen=True, slots=True)
class WantManifest:
    """Ask for a paper's manifest and wrapped key."""

    meeting: str
    paper: PaperVersion


@dataclass(frozen=True, slots=True)
class AwaitChunks:
    """Chunks are on their way; report the bitmap when they seem to have stopped."""

    meeting: str
    paper: PaperVersion
    have: int


Step = Destroy | Forget | SendReceipt | DropPaper | MakeBox | Join | WantEvents | WantManifest | AwaitChunks


def plan(
    wish: Wish,
    held: Held,
    *,
    heads: Mapping[str, int] | None = None,
    ended: frozenset[str] = frozenset(),
    stuck: frozenset[str] = frozenset(),
) -> tuple[Step, ...]:
    """The steps from ``held`` to ``wish``, in the order they are done.

    ``heads``: the newest event number heard of in each meeting. ``ended``: meetings whose log says that they are over;
    their keys go even before the wish says so. ``stuck``: meetings whose log does not fit what is kept; asking again
    would not help.
    """
    steps: list[Step] = [*_destroy(wish, held, ended)]
    for holding in wish.hold:
        if holding.meeting in ended or holding.meeting in wish.recall:
            continue
        here = held.meetings.get(holding.meeting, HeldMeeting())
        steps += _drop(holding, here)
        steps += _keys(holding, here)
        if here.seq < max(holding.seq, (heads or {}).get(holding.meeting, 0)):
            if holding.meeting not in stuck:
                steps.append(WantEvents(holding.meeting, here.seq))
        elif holding.epoch in here.epochs:
            steps += _papers(holding, here)
    return tuple(steps)


def _destroy(wish: Wish, held: Held, ended: frozenset[str]) -> list[Step]:
    wanted = {holding.meeting for holding in wish.hold}
    over = ended | set(wish.recall)
    steps: list[Step] = [
        Destroy(meeting)
        for meeting in sorted(over)
        if meeting in held.meetings or (meeting in wish.recall and meeting not in held.receipts)
    ]
    steps += [SendReceipt(meeting) for meeting in sorted(set(wish.recall)) if _owed(meeting, held)]
    steps += [Forget(meeting) for meeting in sorted(set(held.meetings) - wanted - over)]
    return steps


def _owed(meeting: str, held: Held) -> bool:
    return meeting not in held.meetings and held.receipts.get(meeting, False)


def _drop(holding: Holding, here: HeldMeeting) -> list[Step]:
    """An old version stays readable until the new one is there, unless the paper itself is gone."""
    newer = {wanted.paper: here.papers.get(wanted, HeldPaper()) for wanted in holding.papers}
    return [
        DropPaper(holding.meeting, kept)
        for kept in sorted(here.papers)
        if kept not in holding.papers and newer.get(kept.paper, _GONE).complete
    ]


_GONE: Final = HeldPaper(has_key=True, have=1, chunks=1)


def _keys(holding: Holding, here: HeldMeeting) -> list[Step]:
    if not here.has_box:
        return [MakeBox(holding.meeting), Join(holding.meeting, holding.epoch)]
    if holding.epoch not in here.epochs:
        return [Join(holding.meeting, holding.epoch)]
    return []


def _papers(holding: Holding, here: HeldMeeting) -> list[Step]:
    steps: list[Step] = []
    for paper in holding.papers:
        kept = here.papers.get(paper, HeldPaper())
        if not kept.has_key:
            steps.append(WantManifest(holding.meeting, paper))
        elif not kept.complete:
            steps.append(AwaitChunks(holding.meeting, paper, kept.have))
    return steps


class Pace:
    """Which steps are due: what may be on its way is not asked for, what waits is not asked twice in a row."""

    def __init__(self) -> None:
        self._seen: dict[Step, float] = {}
        self._asked: dict[Step, float] = {}

    def due(self, steps: tuple[Step, ...], now_s: float, *, eager: bool = False) -> tuple[Step, ...]:
        """The steps to perform now; remembers them. ``now_s`` is monotonic.

        ``eager``: nothing is on its way (a new session), so everything may be asked for at once.
        """
        if eager:
            self._asked.clear()
        self._seen = {step: self._seen.get(step, now_s) for step in steps if isinstance(step, _WAITING)}
        self._asked = {step: at for step, at in self._asked.items() if step in self._seen}
        ready = tuple(step for step in steps if self._is_due(step, now_s, eager=eager))
        self._asked.update({step: now_s for step in ready if step in self._seen})
        return ready

    def _is_due(self, step: Step, now_s: float, *, eager: bool) -> bool:
        if not isinstance(step, _WAITING):
            return True
        stalls = isinstance(step, AwaitChunks)
        asked = self._asked.get(step)
        if asked is None:
            return (eager and not stalls) or now_s - self._seen[step] >= (STALLED_S if stalls else PATIENCE_S)
        return now_s - asked >= (STALLED_S if stalls else ASK_AGAIN_S)


_WAITING: Final = (Join, WantEvents, WantManifest, AwaitChunks)
