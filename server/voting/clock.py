"""The thread that closes votes when their time is over (V3, W85).

Rules: the time stands in the log – opened at, so many seconds, less the pauses –, so a server that starts anew knows it
as well as the one before, and closes at once what ran out meanwhile. A ballot that was committed before the closing
counts. Between two looks the thread sleeps until the next vote's end; it is woken when a vote begins, pauses or goes
on. While one runs it looks every few seconds anyway, since a wall clock may be set.

Usage::

    clock = VoteClock(voting, server_clock)
    clock.start(); clock.look(); clock.stop()
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from typing import Final

from server.clock import Clock
from server.voting.service import Clocked, VotingService

#: The longest sleep while a vote runs by the clock, and after a failure; without such a vote it sleeps until woken.
LOOK_S: Final = 5.0
#: No shorter sleep than this: a moment is cut to milliseconds.
_LEAST_S: Final = 0.01
_LOG: Final = logging.getLogger("voting")


class VoteClock:
    """The ``Timer`` of the server."""

    def __init__(self, voting: VotingService, clock: Clock) -> None:
        self._voting: Final = voting
        self._clock: Final = clock
        self._woken: Final = threading.Event()
        self._ending: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Close what ran out while the server was away, and go on."""
        self._thread = threading.Thread(target=self._run, name="vote-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the next start takes it up."""
        self._ending.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def look(self) -> None:
        """A vote was opened, paused, resumed or closed."""
        self._woken.set()

    def beat(self) -> float | None:
        """Close what is due; seconds until the next look, None for "when woken"."""
        try:
            running, now = self._voting.clocked(), self._clock.now()
        except Exception:  # noqa: BLE001 - the database may be away; the next look tries again
            _LOG.exception("it could not be found out which votes run by the clock")
            return LOOK_S
        waits_s = [max((each.ends_at - now).total_seconds(), _LEAST_S) for each in running if each.ends_at > now]
        over = [each for each in running if each.ends_at <= now]
        waits_s += [LOOK_S for each in over if not self._close(each, now)]
        return min(*waits_s, LOOK_S) if waits_s else None

    def _close(self, found: Clocked, now: dt.datetime) -> bool:
        try:
            self._voting.close_by_clock(found.meeting, found.vote, now=now)
        except Exception:  # noqa: BLE001 - the others are closed, and this one is tried again
            _LOG.exception("the vote %s could not be closed by its clock", found.vote)
            return False
        return True

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            self._woken.wait(self.beat())
