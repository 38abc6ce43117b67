"""The meetings' logs: read, append, cache (M1–M3).

Rules: one change of a meeting at a time in this process, and the primary key (meeting, seq) guards against any other
writer: who loses reads the log again and decides again. Act, events and their leaves of the record are committed
together; announcements follow in the log's order. The folded log is cached and can be thrown away at any moment. When
the database failed at the commit, only it knows what is true: whoever looks next reads it again, and what was committed
after all is announced then.

Usage::

    logbook.append(meeting, actor="system", now=now, decide=lambda log: [Draft("paper_approved", {...})])
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from server.errors import ServerError, Unavailable
from server.idempotency.ports import ActLedger, ActTaken, DoneAct
from server.idempotency.service import ActKey, answered
from server.meetings.errors import NoSuchMeeting
from server.meetings.model import Draft, Log
from server.meetings.ports import Also, Announcer, Epochs, LogMoved, MeetingStore, Record
from server.unit import Transaction, UnitOfWork
from wire.entries import Entry
from wire.errors import WireError
from wire.events import Event
from wire.ids import MeetingId

_LOG: Final = logging.getLogger("meetings")
_CACHED: Final = 128
_TRIES: Final = 3
_WAIT_S: Final = 30

Decide: TypeAlias = Callable[[Log], Sequence[Draft]]
#: Reads what ``decide`` will need, in the transaction that holds the meeting: on a connection of its own it could wait
#: for ever for those that wait for this one.
Look: TypeAlias = Callable[[Transaction], None]


class Logbook:
    """All meetings' logs."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: MeetingStore,
        *,
        ledger: ActLedger,
        announcer: Announcer,
        epochs: Epochs,
        record: Record,
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._ledger: Final = ledger
        self._announcer: Final = announcer
        self._epochs: Final = epochs
        self._record: Final = record
        self._logs: Final[OrderedDict[MeetingId, Log]] = OrderedDict()
        #: the last log that was announced, where a commit may have happened since
        self._doubted: Final[dict[MeetingId, Log]] = {}
        self._locks: Final[dict[MeetingId, threading.Lock]] = {}
        self._guard: Final = threading.Lock()

    def append(
        self,
        meeting: MeetingId,
        *,
        actor: str,
        now: dt.datetime,
        decide: Decide,
        key: ActKey | None = None,
        also: Also | None = None,
        look: Look | None = None,
        creates: bool = False,
    ) -> dict[str, Any]:
        """Append what ``decide`` gives for the newest state (the empty one when it ``creates`` the meeting).

        ``look`` and ``decide`` may run more than once and only read. The answer is ``{seq}`` and what ``also`` adds; a
        ``key`` makes it happen once: the same act again gets the stored answer. Raises NoSuchMeeting, ActReused,
        Unavailable and what ``decide`` raises.
        """
        with self._turn(meeting):
            for again in range(_TRIES):
                cached = Log(meeting) if creates else self.log(meeting)
                try:
                    with self._unit.begin() as tx:
                        known = None if key is None else answered(self._ledger, tx, key)
                        if known is not None:
                            return known
                        # Held before it is decided: who asks which keys were sent sees every join there was.
                        self._store.hold(tx, meeting)
                        if look is not None:
                            look(tx)
                        log = self._newest(tx, meeting) if again and not creates else cached
                        events, after = self._write(tx, log, actor=actor, now=now, drafts=decide(log))
                        answer = {"seq": after.state.seq, **((also and also(tx, after.state)) or {})}
                        if key is not None:
                            self._ledger.add(tx, _done(key, meeting, answer, now=now))
                except (LogMoved, ActTaken):
                    self._forget(meeting)
                    continue
                except Exception as exc:
                    # What was refused was not written. Anything else may have failed half way through the commit.
                    if isinstance(exc, Unavailable) or not isinstance(exc, ServerError | WireError):
                        self._doubt(cached)
                    raise
                self._keep(after)
                for event in events:
                    _LOG.info("%s #%d %s by %s", meeting, event.seq, event.kind, event.actor)
                if events:
                    self._announcer.announce(meeting, events, before=log.state, after=after.state)
                return answer
        raise Unavailable

    def _newest(self, tx: Transaction, meeting: MeetingId) -> Log:
        """The log as it stands; the meeting is held, so a second try never loses the race again."""
        return Log(meeting).grown(self._store.events(tx, meeting))

    def _write(
        self, tx: Transaction, log: Log, *, actor: str, now: dt.datetime, drafts: Sequence[Draft]
    ) -> tuple[list[Event], Log]:
        events = log.events_of(drafts, actor=actor, now=now)
        after = log.grown(events)
        if events:
            self._store.append(tx, events, state=after.state)
            self._record.add(tx, [Entry(event.meeting, event.seq, event.hash) for event in events])
        if after.state.epoch != log.state.epoch:
            started = self._epochs.start(tx, log.meeting, now=now)
            if started not in {0, after.state.epoch}:
                raise RuntimeError(f"epoch {started} was kept where the log says {after.state.epoch}")
        return events, after

    # The cache

    def log(self, meeting: MeetingId) -> Log:
        """The newest state; raises NoSuchMeeting."""
        with self._guard:
            known = self._logs.get(meeting)
        if known is not None:
            return known
        with self._unit.read() as tx:
            events = self._store.events(tx, meeting)
        if not events:
            raise NoSuchMeeting(meeting=meeting)
        log = Log(meeting).grown(events)
        self._keep(log)
        self._tell_doubted(log, events)
        return log

    def _keep(self, log: Log) -> None:
        with self._guard:
            known = self._logs.get(log.meeting)
            if known is None or known.state.seq <= log.state.seq:
                self._logs[log.meeting] = log
            self._logs.move_to_end(log.meeting)
            while len(self._logs) > _CACHED:
                self._logs.popitem(last=False)

    def _forget(self, meeting: MeetingId) -> None:
        with self._guard:
            self._logs.pop(meeting, None)

    def _doubt(self, last: Log) -> None:
        with self._guard:
            self._logs.pop(last.meeting, None)
            self._doubted.setdefault(last.meeting, last)

    def _tell_doubted(self, log: Log, events: Sequence[Event]) -> None:
        with self._guard:
            last = self._doubted.pop(log.meeting, None)
        if last is not None and last.state.seq < log.state.seq:
            missed = events[last.state.seq :]
            self._announcer.announce(log.meeting, missed, before=last.state, after=log.state)

    @contextmanager
    def _turn(self, meeting: MeetingId) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(meeting, threading.Lock())
        if not lock.acquire(timeout=_WAIT_S):
            raise Unavailable
        try:
            yield
        finally:
            lock.release()


def _done(key: ActKey, meeting: MeetingId, answer: dict[str, Any], *, now: dt.datetime) -> DoneAct:
    return DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, now, meeting)
