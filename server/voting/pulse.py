"""The thread that writes the commitments of new ballots to the log, a few times a second.

Rules: many ballots make one event, so that five hundred votes are not five hundred messages to five hundred seats. A
ballot was committed before; when this thread is late or dies, nothing is lost: the next start finds what is missing,
and so does the closing.

Usage::

    pulse = VotePulse(voting, clock)
    pulse.start(); pulse.wake(meeting, vote); pulse.stop()
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from server.clock import Clock
from server.errors import Unavailable
from server.meetings.errors import NoSuchMeeting
from server.voting.service import VotingService
from wire.ids import MeetingId

BEAT_S: Final = 0.25
_LOG: Final = logging.getLogger("voting")


class VotePulse:
    """The ``Recorder`` of the server."""

    def __init__(self, voting: VotingService, clock: Clock) -> None:
        self._voting: Final = voting
        self._clock: Final = clock
        self._guard: Final = threading.Lock()
        self._due: set[tuple[MeetingId, str]] = set()
        self._woken: Final = threading.Event()
        self._ending: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what a crash left, and go on."""
        self._thread = threading.Thread(target=self._run, name="votes", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is missing is found at the next start."""
        self._ending.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def wake(self, meeting: MeetingId, vote: str) -> None:
        """A ballot was stored."""
        with self._guard:
            self._due.add((meeting, vote))
        self._woken.set()

    def beat(self) -> None:
        """Record what is due; what fails stays due."""
        with self._guard:
            due, self._due = self._due, set()
        for meeting, vote in sorted(due):
            try:
                self._voting.record(meeting, vote, now=self._clock.now())
            except NoSuchMeeting:
                # A rehearsal that was deleted since the ballot came: its ballots went with it.
                _LOG.info("ballots of %s went with their meeting", vote)
            except Unavailable as exc:
                _LOG.warning("ballots of %s wait for the log: %s", vote, exc)
                self.wake(meeting, vote)
            except Exception:  # noqa: BLE001 - the others are recorded, and this one is tried again
                _LOG.exception("ballots of %s could not be recorded", vote)
                self.wake(meeting, vote)

    def catch_up(self) -> None:
        """Find what is stored and not recorded."""
        for meeting, vote in self._voting.unrecorded():
            self.wake(meeting, vote)

    def _run(self) -> None:
        is_caught_up = False
        while not self._ending.is_set():
            try:
                if not is_caught_up:
                    self.catch_up()
                    is_caught_up = True
                self.beat()
            except Exception:  # noqa: BLE001 - the database may be away; the next beat tries again
                _LOG.exception("a beat failed")
            self._ending.wait(BEAT_S)
            self._woken.wait()
            self._woken.clear()
