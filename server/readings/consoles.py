"""What is read at consoles, as the server hands it out (P5, W128).

Rules: an opening is committed before its first page is handed out; pages follow within seconds, many in one commit, and
before the server stops. Whose display it is that asks for a page, or that a rehearsal is read, is not written down.

Usage::

    consoles.read(state, meeting, version, person="u-…", page=3, now=now)
    consoles.flush(now=now)          # a chore
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from typing import Final, NamedTuple

from server.readings.model import CONSOLE, How, Row
from server.readings.ports import ReadingStore
from server.unit import UnitOfWork
from wire.ids import MeetingId
from wire.readings import TOGETHER_S, moment
from wire.state import MeetingState
from wire.topics import PaperVersion

#: What is remembered of who reads what, and of what was told: forgetting it costs a row that says the same again.
_REMEMBERED: Final = 20_000
#: So many pages are written down at once, whoever waits for them.
_WAITING: Final = 500
#: Openings that are committed at the same time: one of each reading.
_LOCKS: Final = 64
_TOGETHER: Final = dt.timedelta(seconds=TOGETHER_S)


class _Reading(NamedTuple):
    meeting: MeetingId
    person: str
    paper: PaperVersion


class ConsoleReadings:
    """For all threads."""

    def __init__(self, unit: UnitOfWork, store: ReadingStore) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._lock: Final = threading.Lock()
        #: held while an opening is committed: who asks for another page of it meanwhile waits for that
        self._opening: Final = tuple(threading.Lock() for _ in range(_LOCKS))
        #: who reads what, and when they asked for something of it last
        self._last: Final[OrderedDict[_Reading, dt.datetime]] = OrderedDict()
        self._told: Final[OrderedDict[tuple[MeetingId, object], None]] = OrderedDict()
        self._waiting: list[tuple[MeetingId, Row]] = []

    def read(
        self,
        state: MeetingState,
        meeting: MeetingId,
        version: PaperVersion,
        *,
        person: str,
        now: dt.datetime,
        page: int = 0,
        front: bool = True,
    ) -> None:
        """``person`` is handed something of ``version``: a page, or (0) a part of it that is none.

        ``front``: the page lies in front of them; else its picture was handed out, perhaps ahead. Raises Unavailable.
        """
        if state.rehearsal is not None:
            return
        self._open(_Reading(meeting, person, version), now)
        if page:
            how = How.FRONT if front else How.SENT
            self._wait(meeting, Row(person, version, page, how, CONSOLE, moment(now, page=page)))
            if len(self._waiting) >= _WAITING:
                self.flush(now=now)

    def flush(self, *, now: dt.datetime) -> None:
        """Write down the pages that wait. Raises Unavailable; they wait on then."""
        with self._lock:
            rows, self._waiting = self._waiting, []
        if not rows:
            return
        try:
            with self._unit.begin() as tx:
                for meeting in sorted({meeting for meeting, _ in rows}):
                    mine = [row for whose, row in rows if whose == meeting]
                    self._store.add(tx, meeting, mine, told_at=now)
        except BaseException:
            with self._lock:
                self._waiting = rows + self._waiting
            raise

    def _open(self, reading: _Reading, now: dt.datetime) -> None:
        with self._opening[hash(reading) % _LOCKS]:
            with self._lock:
                last = self._last.get(reading)
            if last is None or now - last > _TOGETHER:
                row = Row(reading.person, reading.paper, 0, How.OPENED, CONSOLE, moment(now, page=0))
                with self._unit.begin() as tx:
                    self._store.add(tx, reading.meeting, [row], told_at=now)
            # Remembered after the commit alone: what could not be written down is asked for again by the next page.
            with self._lock:
                self._last[reading] = now
                self._last.move_to_end(reading)
                while len(self._last) > _REMEMBERED:
                    self._last.popitem(last=False)

    def _wait(self, meeting: MeetingId, row: Row) -> None:
        key = (meeting, row.key)
        with self._lock:
            if key in self._told:
                return
            self._told[key] = None
            while len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
            self._waiting.append((meeting, row))
