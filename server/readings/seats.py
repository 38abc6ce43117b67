"""What is read at seats, as they tell it (P5, W127, W129).

Rules: a seat speaks for whoever sat at it, in this meeting, at any time: what is told after the recall, or after the
terminal was moved, was read before. Each thing that is told is judged by itself: of a version that the person could
read then, of a page that there is, of a moment between the upload and now. What cannot be true is not taken, counted by
device and reason, and named to IT; the rest is. Whoever tells far more often than seats do is not listened to.

Usage: ``SeatReadings(…).take(Told(meeting, "u-…", "d-…", "s-…"), entries, now=now)``.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Final, NamedTuple

from server.papers.ports import StoredVersion
from server.readings.errors import ReadingsFlood, ReadingsForeign, ReadingsRefused
from server.readings.model import How, Row, Why, could_read, could_read_then, counted, fault
from server.readings.ports import Meetings, Papers, ReadingStore, Stood
from server.unit import UnitOfWork
from wire.fold import apply
from wire.ids import DeviceId, MeetingId
from wire.readings import Entry
from wire.state import MeetingState
from wire.topics import PaperVersion

#: A seat tells every two minutes, and after a day without the server a few batches in a row.
MOST_ACTS: Final = 30
WITHIN_S: Final = 60.0
_MINUTE: Final = dt.timedelta(minutes=1)
#: Of so many meetings it is remembered who sat where.
_MEETINGS: Final = 16
_LOG: Final = logging.getLogger("readings")


class Told(NamedTuple):
    """Of whom, by which terminal, and where it stands now."""

    meeting: MeetingId
    person: str
    device: str
    seat: str


class SeatReadings:
    """For all threads."""

    def __init__(
        self, unit: UnitOfWork, store: ReadingStore, meetings: Meetings, *, papers: Papers, stood: Stood
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._meetings: Final = meetings
        self._papers: Final = papers
        self._stood: Final = stood
        self._lock: Final = Lock()
        self._acts: Final[dict[str, deque[dt.datetime]]] = {}
        #: meeting → number of its log up to which it was looked through, and who sat where
        self._sat: Final[OrderedDict[MeetingId, tuple[int, frozenset[tuple[str, str]]]]] = OrderedDict()
        self._refused: dict[str, list[Why]] = {}

    def take(self, told: Told, entries: Sequence[Entry], *, now: dt.datetime) -> dict[str, int]:
        """Keep what can be true; gives ``{kept, refused}``.

        Raises NoSuchMeeting, ReadingsFlood, ReadingsForeign, and ReadingsRefused when nothing of it can be true.
        """
        if not self._is_in_time(told.device, now):
            self.refuse(told.device, [Why.FLOOD])
            raise ReadingsFlood(wait_s=int(WITHIN_S))
        state = self._meetings.state(told.meeting)
        if state.rehearsal is not None:
            return {"kept": 0, "refused": 0}
        if not self._sat_there(state, told):
            self.refuse(told.device, [Why.SEAT])
            raise ReadingsForeign
        good, bad = self._judge(state, told, entries, now)
        if bad:
            self.refuse(told.device, bad)
            if not good:
                raise ReadingsRefused(why=counted(bad))
        with self._unit.begin() as tx:
            kept = self._store.add(tx, told.meeting, [_row(told, each) for each in good], told_at=now)
        return {"kept": kept, "refused": len(bad)}

    def refuse(self, device: str, whys: Iterable[Why]) -> None:
        """Count what was not taken; it is written down by :meth:`flush`, a flood of it not each time."""
        with self._lock:
            self._refused.setdefault(device, []).extend(whys)

    def flush(self, *, now: dt.datetime) -> None:
        """Write down what was not taken, and name it."""
        with self._lock:
            refused, self._refused = self._refused, {}
        if not refused:
            return
        with self._unit.begin() as tx:
            for device, whys in sorted(refused.items()):
                counts = counted(whys)
                _LOG.warning("%s told of readings that cannot be true: %s", device, counts)
                self._store.refuse(tx, device, counts, at=now)

    def _is_in_time(self, device: str, now: dt.datetime) -> bool:
        with self._lock:
            acts = self._acts.setdefault(device, deque())
            while acts and (now - acts[0]).total_seconds() >= WITHIN_S:
                acts.popleft()
            if len(acts) >= MOST_ACTS:
                return False
            acts.append(now)
            return True

    def _sat_there(self, state: MeetingState, told: Told) -> bool:
        if (told.person, told.seat) in state.seated:
            return True
        with self._unit.read() as tx:
            seats = {told.seat, *self._stood.seats_of(tx, DeviceId(told.device), told.meeting)}
        sat = self._sittings(told.meeting, state.seq)
        return any((told.person, seat) in sat for seat in seats)

    def _sittings(self, meeting: MeetingId, seq: int) -> frozenset[tuple[str, str]]:
        """Who ever sat where, by the log; only what came since the last question is read."""
        with self._lock:
            upto, sat = self._sat.get(meeting, (0, frozenset()))
        if upto < seq:
            events = self._meetings.events(meeting, after=upto)
            sat |= {(each.data["person"], each.data["seat"]) for each in events if each.kind == "person_seated"}
            upto = events[-1].seq if events else upto
        with self._lock:
            self._sat[meeting] = (upto, sat)
            self._sat.move_to_end(meeting)
            while len(self._sat) > _MEETINGS:
                self._sat.popitem(last=False)
        return sat

    def _judge(
        self, state: MeetingState, told: Told, entries: Sequence[Entry], now: dt.datetime
    ) -> tuple[list[Entry], list[Why]]:
        good: list[Entry] = []
        bad: list[Why] = []
        stored: dict[PaperVersion, StoredVersion] = {}
        with self._unit.read() as tx:
            for paper in dict.fromkeys(each.paper for each in entries):
                found = self._papers.find(tx, paper)
                if found is not None and found.meeting == told.meeting:
                    stored[paper] = found
        may = {paper for paper in stored if could_read(state, told.person, paper)}
        # An item that was hidden since, or that they have to leave since, was open to them when they read.
        doubtful = {paper: min(each.at for each in entries if each.paper == paper) for paper in stored.keys() - may}
        may |= self._could_then(told, doubtful)
        for each in entries:
            if each.paper not in may:
                bad.append(Why.PAPER)
                continue
            about = stored[each.paper]
            why = fault(each, pages=about.pages, made_at=about.created_at, now=now)
            if why is None:
                good.append(each)
            else:
                bad.append(why)
        return good, bad

    def _could_then(self, told: Told, moments: Mapping[PaperVersion, dt.datetime]) -> set[PaperVersion]:
        """Those versions that the person could read at their moment; the log is folded once for all of them."""
        could: set[PaperVersion] = set()
        waiting = sorted(moments, key=lambda paper: moments[paper], reverse=True)
        state = MeetingState()

        def judge() -> None:
            paper = waiting.pop()
            if could_read_then(state, told.person, paper):
                could.add(paper)

        for event in self._meetings.events(told.meeting) if waiting else ():
            # A page's moment is its minute's first: what happened within it was before.
            while waiting and event.at > moments[waiting[-1]] + _MINUTE:
                judge()
            if not waiting:
                break
            state = apply(state, event)
        while waiting:
            judge()
        return could


def _row(told: Told, entry: Entry) -> Row:
    how = How.OPENED if entry.page == 0 else How.FRONT
    return Row(told.person, entry.paper, entry.page, how, told.device, entry.at)
