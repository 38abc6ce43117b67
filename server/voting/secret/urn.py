"""The urn: the thread that carries collections of secret ballots to their end (W78, W79).

Rules: keys of runs, boxes and ballots are in this object's memory and nowhere else, until the ballots are published,
all at once. Nothing here is logged that came from a seat: neither which, nor when. What dies with the process is
collected anew. Fewer than three ballots are never published, and what relays have lost is given up by the chair alone,
for the run that the chair was shown. A run carries into the next one whom the chair gave up, never the leave to go on.
Callers only put something on the queue.

Usage::

    urn = Urn(secret, clock, random=os.urandom); slots.announcers.append(urn); urn.start()
    urn.heard("d-…", drop); urn.progress("v-…")
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from sealing.boxes import BoxKey, new_key
from sealing.onions import Place, open_ballots
from server.clock import Clock
from server.errors import ServerError
from server.voting import errors
from server.voting.secret import model
from server.voting.secret.collection import Anew, Collection, Mixing, Opening, Task
from server.voting.secret.ports import GivenBallot, Line
from server.voting.secret.service import SecretVotes
from wire.events import Event
from wire.ids import MeetingId
from wire.messages import Drop, Mix, Mixed
from wire.secret_ballots import LEAST_BALLOTS, SecretBallot
from wire.secret_fold import LOST, TOO_FEW
from wire.state import MeetingState
from wire.votes import Awaited, Vote, VoteChange

BEAT_S: Final = 0.25
#: Runs that may end with fewer ballots than came in, before the chair is asked.
PATIENT_RUNS: Final = 3
#: How often votes are looked for that are being collected and whose run nobody here knows.
LOOK_S: Final = 5.0
#: After so long the log says how many ballots a run still waits for (W104).
PATIENCE_S: Final = 5.0
_OVER: Final = frozenset({VoteChange.CLOSE.value, VoteChange.WITHDRAW.value})
_LOG: Final = logging.getLogger("voting")


@dataclass(slots=True)
class _Running:
    meeting: MeetingId
    vote: Vote
    now: Collection
    key: BoxKey
    #: what has to be committed, tried until it is
    due: Callable[[], None] | None = None
    #: relays that did not answer, in this run and before
    silent: frozenset[str] = frozenset()
    #: runs that ended with fewer ballots than came in
    incomplete: int = 0
    #: why nothing goes on by itself: a code for the chair
    asks: str = ""
    #: what the log was told of this run: None nothing, empty how many are missing, else what the chair is asked
    told: str | None = None
    called_s: float = 0.0
    #: what is published if the chair goes on without the lost ones
    opened: tuple[SecretBallot, ...] = field(default=(), repr=False)


class Urn:
    """Announcer of meetings, hearer of seats; for collections its own thread only."""

    def __init__(
        self,
        secret: SecretVotes,
        clock: Clock,
        *,
        random: Callable[[int], bytes],
        make_key: Callable[[], BoxKey] = new_key,
    ) -> None:
        self._make_key: Final = make_key
        self._secret: Final = secret
        self._clock: Final = clock
        self._random: Final = random
        self._queue: Final[queue.SimpleQueue[Callable[[], None] | None]] = queue.SimpleQueue()
        self._guard: Final = threading.Lock()
        #: keys that a call may be committed with, by vote and their public halves
        self._keys: Final[dict[str, dict[str, BoxKey]]] = {}
        #: votes that were collected by nobody when they were last looked for, and when that was
        self._orphans: frozenset[str] = frozenset()
        self._looked_s = float("-inf")
        self._running: Final[dict[str, _Running]] = {}
        self._progress: dict[str, dict[str, Any]] = {}
        self._thread: threading.Thread | None = None
        #: the way to the seats, plugged in when there is one
        self.line: Line | None = None

    # Life

    def start(self) -> None:
        """Call anew what a crash has interrupted, and go on."""
        self._queue.put(self.take_up)
        self._thread = threading.Thread(target=self._run, name="urn", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is not published is collected anew at the next start."""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(timeout=5)

    # From other threads

    def next_call(
        self,
        vote: str,
        given: Sequence[GivenBallot],
        *,
        reason: str = model.CLOSING,
        without: frozenset[str] = frozenset(),
        silent: frozenset[str] = frozenset(),
    ) -> model.NextCall:
        """What the next run is called with; its key is kept here for when that is committed."""
        key = self._make_key()
        with self._guard:
            self._keys.setdefault(vote, {})[key.public.hex()] = key
        devices = {each.device for each in given}
        here = frozenset[str]() if self.line is None else self.line.here(devices)
        left = model.without_silent(given, silent) if reason == model.RELAY_SILENT else given
        relays = model.choose_relays(left, here=here, without=without | silent, random=self._random)
        return model.NextCall(key.public, relays, reason)

    def announce(
        self,
        meeting: MeetingId,
        events: Sequence[Event],
        *,
        before: MeetingState,  # noqa: ARG002 - the port's signature
        after: MeetingState,
    ) -> None:
        """A meeting has changed: perhaps a collection was called, or is over."""
        for event in events:
            vote = str(event.data.get("vote", ""))
            if event.kind == VoteChange.CALL.value:
                found = after.vote(vote)
                if found is not None:
                    self._queue.put(partial(self._called, meeting, found))
            elif event.kind in _OVER:
                self._queue.put(partial(self._over, vote))

    def meeting_gone(self, last: MeetingState) -> None:
        """A rehearsal was deleted: no collection of it goes on, and its keys go."""
        for vote in last.votes:
            self._queue.put(partial(self._over, vote.vote))

    def heard(self, device: str, message: Drop | Mixed) -> None:
        """A seat has handed in, or mixed."""
        self._queue.put(partial(self._heard, device, message))

    def go_on(self, vote: str, run: int) -> None:
        """In this run and no other, wait no longer for who is missing; raises TooFewHandedIn, NoMoreRuns."""
        told = self.progress(vote)
        if told.get("run") != run or told.get("mixing"):
            return
        if told["asks"] == errors.NoMoreRuns.code:
            raise errors.NoMoreRuns(runs=run)
        if not told["asks"] and told["received"] < LEAST_BALLOTS:
            raise errors.TooFewHandedIn(received=told["received"], least=LEAST_BALLOTS)
        self._queue.put(partial(self._go_on, vote, run))

    def progress(self, vote: str) -> dict[str, Any]:
        """``{run, wanted, received, missing: [person], mixing, relays, asks}``; of no collection nothing.

        ``missing``: whom the run waits for; whom the chair gave up is not among them.
        """
        return self._progress.get(vote, {})

    # The thread

    def _run(self) -> None:
        while True:
            try:
                entry = self._queue.get(timeout=BEAT_S if self._running else LOOK_S)
            except queue.Empty:
                entry = self.beat
            if entry is None:
                return
            self.do(entry)
            if self._queue.empty():
                self.do(self.beat)

    def do(self, entry: Callable[[], None]) -> None:
        """One piece of work; what fails is tried again by the next beat, or by the seat."""
        try:
            entry()
        except ServerError as exc:
            _LOG.warning("a collection waits: %s", exc.code)
        except Exception:  # noqa: BLE001 - the other collections go on
            _LOG.exception("a collection met a fault")

    def drain(self) -> None:
        """Do what is queued, on the caller's thread (for tests)."""
        while not self._queue.empty():
            entry = self._queue.get()
            if entry is not None:
                self.do(entry)

    def beat(self) -> None:
        """Let every collection go as far as it can."""
        for vote in list(self._running):
            self.do(partial(self._advance, vote))
            self.do(partial(self._tell, vote))
        if self._clock.monotonic_s() - self._looked_s >= LOOK_S:
            self.do(self._look)

    def take_up(self) -> None:
        """Call anew what was called before this object was there."""
        for meeting, vote in self._secret.collecting():
            if vote not in self._running:
                self.do(partial(self._call_orphan, meeting, vote))

    def _look(self) -> None:
        """A call whose announcement was lost has no run here; one that is just on its way has, the next time."""
        self._looked_s = self._clock.monotonic_s()
        lost = [found for found in self._secret.collecting() if found[1] not in self._running]
        for meeting, vote in lost:
            if vote in self._orphans:
                self.do(partial(self._call_orphan, meeting, vote))
        self._orphans = frozenset(vote for _, vote in lost)

    def _call_orphan(self, meeting: MeetingId, vote: str) -> None:
        if self.progress(vote).get("asks"):
            return
        try:
            self._call_again(meeting, vote, Anew(model.RESTARTED, frozenset()))
        except errors.NoMoreRuns as end:
            found = self._secret.vote(meeting, vote)
            told = {"run": 0 if found.call is None else found.call.run, "wanted": len(found.given), "received": 0}
            self._progress[vote] = told | {"missing": [], "mixing": False, "relays": 0, "asks": end.code}
            self._say(meeting, vote, run=int(told["run"]), awaited=Awaited(0, end.code))

    def _called(self, meeting: MeetingId, vote: Vote) -> None:
        call = vote.call
        if call is None:
            return
        with self._guard:
            key = self._keys.get(vote.vote, {}).pop(call.key, None)
        before = self._running.pop(vote.vote, None)
        if key is None:
            return  # looked for again, and called anew
        devices = {each.relay: each.device for each in vote.given}
        now = Collection(
            meeting=meeting,
            vote=vote.vote,
            run=call.run,
            relays=tuple(devices[relay] for relay in call.relays),
            wanted=Counter(each.device for each in vote.given),
        )
        fresh = _Running(meeting, vote, now, key, called_s=self._clock.monotonic_s())
        if before is not None:
            fresh.now = replace(now, given_up=before.now.still_away)
            fresh.silent, fresh.incomplete = before.silent, before.incomplete
        self._running[vote.vote] = fresh
        self._note(vote.vote)

    def _over(self, vote: str) -> None:
        self._running.pop(vote, None)
        self._progress.pop(vote, None)
        with self._guard:
            self._keys.pop(vote, None)

    def _heard(self, device: str, message: Drop | Mixed) -> None:
        found = self._running.get(message.vote)
        if found is None or (found.meeting, found.now.run) != (message.meeting, message.run):
            return
        if isinstance(message, Drop):
            found.now = found.now.dropped(device, message.boxes)
        else:
            found.now = found.now.mixed(device, message.layer, message.boxes)
        self._note(message.vote)

    def _go_on(self, vote: str, run: int) -> None:
        found = self._running.get(vote)
        if found is None or found.now.run != run:
            return
        if found.asks == LOST:
            found.due = partial(self._publish, found.meeting, vote, found.opened, run=run)
        elif found.asks == TOO_FEW:
            found.due = partial(self._call_again, found.meeting, vote, self._incomplete(found))
        else:
            found.now = found.now.going_on()

    def _advance(self, vote: str) -> None:
        found = self._running.get(vote)
        if found is None or (found.asks and found.due is None):
            return
        if found.due is None:
            found.now, task = found.now.advanced(self._clock.monotonic_s())
            if task is not None:
                self._perform(found, task)
            self._note(vote)
        if found.due is not None:
            try:
                found.due()
            except errors.NoMoreRuns as end:
                found.asks = end.code
                self._note(vote)
            found.due = None

    def _perform(self, found: _Running, task: Task) -> None:
        now = found.now
        match task:
            case Mixing(device, layer, boxes):
                if self.line is not None:
                    self.line.say(device, lambda head: Mix(head, now.meeting, now.vote, now.run, layer, boxes))
            case Opening(boxes):
                self._open(found, boxes)
            case Anew():
                found.silent |= task.without
                found.due = partial(self._call_again, found.meeting, now.vote, task)

    def _open(self, found: _Running, boxes: Sequence[bytes]) -> None:
        now = found.now
        packed = open_ballots(boxes, key=found.key, place=Place(now.meeting, now.vote, now.run))
        ballots = model.opened(now.meeting, found.vote, packed)
        if len(ballots) >= max(now.received, LEAST_BALLOTS):
            found.due = partial(self._publish, found.meeting, now.vote, ballots, run=now.run)
            return
        found.incomplete += 1
        if found.incomplete < PATIENT_RUNS:
            # A relay has lost some, or a seat has sent what is none: others mix the next time.
            found.due = partial(self._call_again, found.meeting, now.vote, self._incomplete(found))
        elif len(ballots) >= LEAST_BALLOTS:
            found.asks, found.opened = LOST, ballots
        else:
            found.asks = TOO_FEW

    def _tell(self, vote: str) -> None:
        """The log says what a run waits for, so that every seat can (W104): ballots once, a word of the chair once."""
        found = self._running.get(vote)
        if found is None or found.told == found.asks:
            return
        waits = found.now.layer < 0 and self._clock.monotonic_s() - found.called_s >= PATIENCE_S
        missing = sum(found.now.awaited.values())
        if found.asks or (waits and missing > 0):
            self._say(found.meeting, vote, run=found.now.run, awaited=Awaited(missing, found.asks))
            found.told = found.asks

    def _say(self, meeting: MeetingId, vote: str, *, run: int, awaited: Awaited) -> None:
        self._secret.wait(meeting, vote, awaited, run=run, now=self._clock.now())

    def _incomplete(self, found: _Running) -> Anew:
        return Anew(model.INCOMPLETE, frozenset(found.now.relays))

    def _publish(self, meeting: MeetingId, vote: str, ballots: Sequence[SecretBallot], *, run: int) -> None:
        self._secret.publish(meeting, vote, ballots, run=run, now=self._clock.now())

    def _call_again(self, meeting: MeetingId, vote: str, anew: Anew) -> None:
        known = self._running.get(vote)
        silent = frozenset[str]() if known is None else known.silent
        self._secret.call_again(
            meeting,
            vote,
            partial(self.next_call, vote, reason=anew.reason, without=anew.without, silent=silent),
            now=self._clock.now(),
        )

    def _note(self, vote: str) -> None:
        found = self._running.get(vote)
        if found is None:
            return
        now, lines = found.now, found.vote.given
        missing = frozenset(now.awaited) if now.layer < 0 else frozenset()
        self._progress[vote] = {
            "run": now.run,
            "wanted": len(lines),
            "received": now.received,
            "missing": [each.person for each in lines if each.device in missing],
            "mixing": now.layer >= 0 and not found.asks,
            "relays": len(now.relays),
            "asks": found.asks,
        }
