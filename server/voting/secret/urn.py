"""The urn: the thread that carries collections of secret ballots to their end (W78, W79).

Rules: keys of runs, boxes and ballots are in this object's memory and nowhere else, until the ballots are published,
all at once. Nothing here is logged that came from a seat: neither which, nor when. What dies with the process is
collected anew. Callers only put something on the queue.

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
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sealing.boxes import BoxKey, new_key
from sealing.onions import Place, open_ballots
from server.clock import Clock
from server.errors import ServerError
from server.voting.secret import model
from server.voting.secret.collection import Anew, Collection, Mixing, Opening, Task
from server.voting.secret.ports import GivenBallot, Line
from server.voting.secret.service import SecretVotes
from wire.events import Event
from wire.ids import MeetingId
from wire.messages import Drop, Mix, Mixed
from wire.secret_ballots import SecretBallot
from wire.state import MeetingState
from wire.votes import Vote, VoteChange

BEAT_S: Final = 0.25
#: Runs that may end with fewer ballots than came in, before they are published without the lost ones.
PATIENT_RUNS: Final = 3
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
        #: keys that a call may be committed with, by their public halves
        self._keys: Final[dict[str, BoxKey]] = {}
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
        self, given: Sequence[GivenBallot], *, reason: str = model.CLOSING, without: frozenset[str] = frozenset()
    ) -> model.NextCall:
        """What the next run is called with; its key is kept here for when that is committed."""
        key = self._make_key()
        with self._guard:
            self._keys[key.public.hex()] = key
        devices = {each.device for each in given}
        here = frozenset[str]() if self.line is None else self.line.here(devices)
        relays = model.choose_relays(given, here=here, without=without, random=self._random)
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

    def heard(self, device: str, message: Drop | Mixed) -> None:
        """A seat has handed in, or mixed."""
        self._queue.put(partial(self._heard, device, message))

    def go_on(self, vote: str) -> None:
        """Wait no longer for who is missing."""
        self._queue.put(partial(self._go_on, vote))

    def progress(self, vote: str) -> dict[str, Any]:
        """``{run, wanted, received, missing: [person], mixing}``; of a vote that is not collected nothing."""
        return self._progress.get(vote, {})

    # The thread

    def _run(self) -> None:
        while True:
            try:
                entry = self._queue.get(timeout=BEAT_S if self._running else None)
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

    def take_up(self) -> None:
        """Call anew what was called before this object was there."""
        for meeting, vote in self._secret.collecting():
            if vote not in self._running:
                self._call_again(meeting, vote, Anew(model.RESTARTED, frozenset()))

    def _called(self, meeting: MeetingId, vote: Vote) -> None:
        call = vote.call
        if call is None:
            return
        with self._guard:
            key = self._keys.pop(call.key, None)
            self._keys.clear()
        if key is None:
            return
        devices = {each.relay: each.device for each in vote.given}
        now = Collection(
            meeting=meeting,
            vote=vote.vote,
            run=call.run,
            relays=tuple(devices[relay] for relay in call.relays),
            wanted=Counter(each.device for each in vote.given),
        )
        before = self._running.get(vote.vote)
        if before is not None and before.now.goes_on:
            now = now.going_on()
        self._running[vote.vote] = _Running(meeting, vote, now, key)
        self._note(vote.vote)

    def _over(self, vote: str) -> None:
        self._running.pop(vote, None)
        self._progress.pop(vote, None)

    def _heard(self, device: str, message: Drop | Mixed) -> None:
        found = self._running.get(message.vote)
        if found is None or (found.meeting, found.now.run) != (message.meeting, message.run):
            return
        if isinstance(message, Drop):
            found.now = found.now.dropped(device, message.boxes)
        else:
            found.now = found.now.mixed(device, message.layer, message.boxes)
        self._note(message.vote)

    def _go_on(self, vote: str) -> None:
        found = self._running.get(vote)
        if found is not None:
            found.now = found.now.going_on()

    def _advance(self, vote: str) -> None:
        found = self._running.get(vote)
        if found is None:
            return
        if found.due is None:
            found.now, task = found.now.advanced(self._clock.monotonic_s())
            if task is not None:
                self._perform(found, task)
            self._note(vote)
        if found.due is not None:
            found.due()
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
                found.due = partial(self._call_again, found.meeting, now.vote, task)

    def _open(self, found: _Running, boxes: Sequence[bytes]) -> None:
        now = found.now
        packed = open_ballots(boxes, key=found.key, place=Place(now.meeting, now.vote, now.run))
        ballots = model.opened(now.meeting, found.vote, packed)
        if len(ballots) < now.received and now.run < PATIENT_RUNS:
            # A relay has lost some, or a seat has sent what is none: others mix the next time.
            found.due = partial(
                self._call_again, found.meeting, now.vote, Anew(model.INCOMPLETE, frozenset(now.relays))
            )
        else:
            found.due = partial(self._publish, found.meeting, now.vote, ballots, run=now.run)

    def _publish(self, meeting: MeetingId, vote: str, ballots: Sequence[SecretBallot], *, run: int) -> None:
        self._secret.publish(meeting, vote, ballots, run=run, now=self._clock.now())

    def _call_again(self, meeting: MeetingId, vote: str, anew: Anew) -> None:
        self._secret.call_again(
            meeting,
            vote,
            partial(self.next_call, reason=anew.reason, without=anew.without),
            now=self._clock.now(),
        )

    def _note(self, vote: str) -> None:
        found = self._running.get(vote)
        if found is None:
            return
        now, lines = found.now, found.vote.given
        missing = now.missing if now.layer < 0 else frozenset()
        self._progress[vote] = {
            "run": now.run,
            "wanted": len(lines),
            "received": now.received,
            "missing": [each.person for each in lines if each.device in missing],
            "mixing": now.layer >= 0,
        }
