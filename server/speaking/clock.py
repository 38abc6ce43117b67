"""Ends turns whose time is over, where the house has chosen that (S2).

Rules W94: told of every change of a meeting after its commit; sleeps until the next turn is due, and without one until
it is woken. When it is late or was away, the log says so: the turn has taken longer. Every reader refuses a stop in its
name that comes too early.

Usage::

    clock = SpeechClock(speaking, live_meetings, clock)
    slots.announcers.append(clock); clock.start(); clock.stop()
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from server.clock import Clock
from server.meetings.errors import NoSuchMeeting
from server.speaking.service import SpeakingService
from wire.events import Event
from wire.ids import MeetingId
from wire.speaking import SpeechState
from wire.state import MeetingState

#: The longest sleep while a turn is due, and after a failure.
LOOK_S: Final = 5.0
#: No shorter sleep than this: a moment is cut to milliseconds.
_LEAST_S: Final = 0.01
_LOG: Final = logging.getLogger("speaking")

#: Meetings that go on, with their states; raises what the database raises.
Live = Callable[[], Iterable[tuple[MeetingId, MeetingState]]]


class SpeechClock:
    """An ``Announcer``, and a thread that ends turns."""

    def __init__(self, speaking: SpeakingService, live: Live, clock: Clock) -> None:
        self._speaking: Final = speaking
        self._live: Final = live
        self._clock: Final = clock
        self._guard: Final = threading.Lock()
        self._due: dict[MeetingId, tuple[str, dt.datetime]] = {}
        #: the number of the state that each was read from: what is looked up may be older than what was announced
        self._read: Final[dict[MeetingId, int]] = {}
        self._woken: Final = threading.Event()
        self._ending: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what goes on since before a restart."""
        self._thread = threading.Thread(target=self._run, name="speech-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the next start takes it up."""
        self._ending.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def announce(
        self,
        meeting: MeetingId,
        events: Sequence[Event],  # noqa: ARG002 - the port's signature
        *,
        before: MeetingState,
        after: MeetingState,
    ) -> None:
        """A meeting changed; returns at once."""
        if before.speaking is not after.speaking:
            self._note(meeting, after)
            self._woken.set()

    def catch_up(self) -> None:
        """Find the turns that go on."""
        for meeting, state in self._live():
            self._note(meeting, state)

    def beat(self) -> float | None:
        """End what is due; seconds until the next look, None for "when woken"."""
        now = self._clock.now()
        with self._guard:
            due = dict(self._due)
        waits_s = [max((at - now).total_seconds(), _LEAST_S) for _, at in due.values() if at > now]
        over = [meeting for meeting, (_, at) in due.items() if at <= now]
        waits_s += [LOOK_S for meeting in over if not self._end(meeting, *due[meeting], now=now)]
        return min(*waits_s, LOOK_S) if waits_s else None

    def _end(self, meeting: MeetingId, speech: str, at: dt.datetime, *, now: dt.datetime) -> bool:
        try:
            self._speaking.stop_by_clock(meeting, speech, now=now)
        except NoSuchMeeting:
            # A rehearsal that was deleted in mid-turn: nobody announces that, and there is nothing left to end.
            _LOG.info("the turn %s went with its meeting", speech)
        except Exception:  # noqa: BLE001 - the others are ended, and this one is tried again
            _LOG.exception("the turn %s could not be ended by the clock", speech)
            return False
        with self._guard:
            # What was announced meanwhile – another turn, or more time for this one – is newer than what was due.
            if self._due.get(meeting) == (speech, at):
                self._due.pop(meeting, None)
        return True

    def _note(self, meeting: MeetingId, state: MeetingState) -> None:
        turn = state.speaking.in_turn if state.speaking.rules.cuts else None
        ends_at = None if turn is None or turn.state is not SpeechState.SPEAKING else turn.ends_at
        with self._guard:
            if state.seq < self._read.get(meeting, 0):
                return
            self._read[meeting] = state.seq
            if turn is None or ends_at is None:
                self._due.pop(meeting, None)
            else:
                self._due[meeting] = (turn.speech, ends_at)

    def _run(self) -> None:
        is_caught_up = False
        while not self._ending.is_set():
            self._woken.clear()
            wait_s: float | None = LOOK_S
            try:
                if not is_caught_up:
                    self.catch_up()
                    is_caught_up = True
                wait_s = self.beat()
            except Exception:  # noqa: BLE001 - the database may be away; the next look tries again
                _LOG.exception("a look at the speakers' clock failed")
            self._woken.wait(wait_s)
