"""The meetings' logs: read, append, cache (M1–M3).

Rules: one change of a meeting at a time in this process, and the primary key (meeting, seq) guards against any other
writer: who loses reads the log again and decides again. Act, events and their leaves of the record are committed
together; announcements follow in the log's order. What many ask for at the same moment is decided one after the other
in memory, each against what those before it have made of the meeting, and committed once. The folded log is cached and
can be thrown away at any moment. When the database failed at the commit, only it knows what is true: whoever looks next
reads it again, and what was committed after all is announced then. Even that look may come too early: a commit that is
seen only by the next who appends, because its number is taken, is announced then.

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
from dataclasses import dataclass
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
from wire.state import MeetingState

_LOG: Final = logging.getLogger("meetings")
_CACHED: Final = 128
_TRIES: Final = 3
_WAIT_S: Final = 30

Decide: TypeAlias = Callable[[Log], Sequence[Draft]]
#: Reads what ``decide`` will need, in the transaction that holds the meeting: on a connection of its own it could wait
#: for ever for those that wait for this one.
Look: TypeAlias = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True)
class Change:
    """What one of many wants appended; ``says``: what is added to its answer, from the state after it."""

    actor: str
    now: dt.datetime
    decide: Decide
    key: ActKey
    says: Callable[[MeetingState], dict[str, Any]]


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
                        if not self._store.hold(tx, meeting) and not creates:
                            raise NoSuchMeeting(meeting=meeting)
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
                except NoSuchMeeting:
                    self._forget(meeting)
                    raise
                except Exception as exc:
                    # What was refused was not written. Anything else may have failed half way through the commit.
                    if isinstance(exc, Unavailable) or not isinstance(exc, ServerError | WireError):
                        self._doubt(cached)
                    raise
                self._tell(log, after, events)
                return answer
        raise Unavailable

    def append_all(self, meeting: MeetingId, changes: Sequence[Change]) -> list[dict[str, Any] | None]:
        """Append what each decides, in this order, with one commit; their answers, None where one has to ask alone.

        That is who is refused, whose act begins an epoch, and everybody when somebody else was faster. Nobody's refusal
        touches the others. Raises NoSuchMeeting, Unavailable.
        """
        with self._turn(meeting):
            before = self.log(meeting)
            after, events, done = before, list[Event](), list[dict[str, Any] | None]()
            kept: list[DoneAct] = []
            for change in changes:
                try:
                    made = after.events_of(change.decide(after), actor=change.actor, now=change.now)
                    grown = after.grown(made)
                except (ServerError, WireError):
                    done.append(None)
                    continue
                if grown.state.epoch != after.state.epoch:
                    done.append(None)
                    continue
                after = grown
                events += made
                answer = {"seq": after.state.seq, **change.says(after.state)}
                done.append(answer)
                kept.append(_done(change.key, meeting, answer, now=change.now))
            if not kept:
                return done
            try:
                with self._unit.begin() as tx:
                    if not self._store.hold(tx, meeting):
                        raise NoSuchMeeting(meeting=meeting)
                    self._add(tx, events, after)
                    self._ledger.add_all(tx, kept)
            except (LogMoved, ActTaken):
                self._forget(meeting)
                return [None] * len(changes)
            except NoSuchMeeting:
                self._forget(meeting)
                raise
            except Exception:
                self._doubt(before)
                raise
            self._tell(before, after, events)
        return done

    def destroy(self, meeting: MeetingId, erase: Callable[[Transaction], None]) -> Log:
        """Have ``erase`` delete a rehearsal; gives what it was. Raises NoSuchMeeting, also for a real meeting."""
        with self._turn(meeting):
            last = self.log(meeting)
            if last.state.rehearsal is None:
                raise NoSuchMeeting(meeting=meeting)
            try:
                with self._unit.begin() as tx:
                    self._store.hold(tx, meeting)
                    erase(tx)
            finally:
                self._forget(meeting)
        return last

    def _newest(self, tx: Transaction, meeting: MeetingId) -> Log:
        """The log as it stands; the meeting is held, so a second try never loses the race again."""
        return Log(meeting).grown(self._store.events(tx, meeting))

    def _write(
        self, tx: Transaction, log: Log, *, actor: str, now: dt.datetime, drafts: Sequence[Draft]
    ) -> tuple[list[Event], Log]:
        events = log.events_of(drafts, actor=actor, now=now)
        after = log.grown(events)
        self._add(tx, events, after)
        if after.state.epoch != log.state.epoch:
            started = self._epochs.start(tx, log.meeting, now=now)
            if started not in {0, after.state.epoch}:
                raise RuntimeError(f"epoch {started} was kept where the log says {after.state.epoch}")
        return events, after

    def _add(self, tx: Transaction, events: Sequence[Event], after: Log) -> None:
        if not events:
            return
        self._store.append(tx, events, state=after.state)
        if after.state.rehearsal is None:  # a rehearsal leaves no trace in the record (M5)
            self._record.add(tx, [Entry(event.meeting, event.seq, event.hash) for event in events])

    def _tell(self, before: Log, after: Log, events: Sequence[Event]) -> None:
        """What was committed."""
        self._keep(after)
        if events:
            # These follow the last that is known: nothing was committed between.
            with self._guard:
                self._doubted.pop(after.meeting, None)
        for event in events:
            _LOG.info("%s #%d %s by %s", event.meeting, event.seq, event.kind, event.actor)
        if events:
            self._announcer.announce(after.meeting, events, before=before.state, after=after.state)

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
            last = self._doubted.get(log.meeting)
            # What was committed after all may be seen only at a later look: until then it stays in doubt.
            if last is None or last.state.seq >= log.state.seq:
                return
            del self._doubted[log.meeting]
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
