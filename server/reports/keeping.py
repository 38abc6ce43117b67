"""Counts meetings once they are over, on a thread of its own, and keeps their figures (RP2).

Rules: every committed change of a meeting that is over – the close itself, a correction of the roll, a receipt – makes
its figures old; they are counted again soon after, once for many changes. What is not counted yet when a report is
asked for, the report counts itself or says that it is missing. A meeting that cannot be counted is left out and named
in the log of the server; it keeps no other from being counted. While the database is away, what waits goes on waiting;
nothing that goes wrong ends the thread.

Usage::

    keeper = Keeper(reports)
    slots.announcers.append(keeper); keeper.start()
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, Protocol

from server.errors import Unavailable
from server.reports.figures import OVER
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState

#: Until the next look at a database that was away, and so that receipts that come together are counted together.
_AGAIN_S: Final = 5.0
_TOGETHER_S: Final = 1.0
_LOG: Final = logging.getLogger("reports")


class Counting(Protocol):
    """Counts meetings."""

    def stale(self) -> Sequence[MeetingId]:
        """All meetings that are over and whose figures are not kept, or old."""
        ...

    def keep(self, meeting: MeetingId) -> None:
        """Count it and keep the figures; raises Unavailable."""
        ...


class Keeper:
    """The thread."""

    def __init__(self, counting: Counting) -> None:
        self._counting: Final = counting
        self._waiting: Final[OrderedDict[MeetingId, None]] = OrderedDict()
        self._changed: Final = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None

    def announce(
        self,
        meeting: MeetingId,
        events: Sequence[Event],  # noqa: ARG002 - the port's signature
        *,
        before: MeetingState,  # noqa: ARG002 - as above
        after: MeetingState,
    ) -> None:
        """A committed change."""
        if after.phase in OVER and after.rehearsal is None:
            with self._changed:
                self._waiting[meeting] = None
                self._changed.notify()

    def start(self) -> None:
        """Count what was not counted before the last end, and go on by itself."""
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        begun = False
        while not self._ending:
            try:
                begun = begun or self._begin()
                self._count()
            except Unavailable:
                _LOG.warning("the database is away; what waits is counted later")
                self._rest(_AGAIN_S)
            else:
                self._rest(None)

    def _begin(self) -> bool:
        """Take what was not counted before the last end; False: it could not be told, and is asked again later."""
        try:
            self._take(self._counting.stale())
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - what ends from now on is counted all the same
            _LOG.exception("what is not counted yet cannot be told")
            return False
        return True

    def _take(self, meetings: Sequence[MeetingId]) -> None:
        with self._changed:
            for meeting in meetings:
                self._waiting.setdefault(meeting)

    def _count(self) -> None:
        while (meeting := self._next()) is not None:
            try:
                self._counting.keep(meeting)
            except Unavailable:
                self._take([meeting])
                raise
            except Exception:  # noqa: BLE001 - one meeting must not keep the others from being counted
                _LOG.exception("%s is not counted", meeting)

    def _next(self) -> MeetingId | None:
        with self._changed:
            return None if self._ending or not self._waiting else self._waiting.popitem(last=False)[0]

    def _rest(self, longest_s: float | None) -> None:
        with self._changed:
            if longest_s is not None:
                self._changed.wait_for(lambda: self._ending, longest_s)
                return
            self._changed.wait_for(lambda: self._ending or bool(self._waiting))
            self._changed.wait_for(lambda: self._ending, _TOGETHER_S)
