"""The hub: which screens are open, what each has been shown, what has changed since.

Rules: announcing only notes and wakes; everything is sent by :meth:`LiveHub.tick`, from one thread. A screen that has
not taken its last messages is passed over and gets one patch for all it missed when it has. Who may watch is asked when
the watch begins and again every few seconds; a locked or ended session is told so and shown nothing more.

Usage::

    hub.connect(sid, credentials); hub.watch(sid, meeting); hub.tick(clock.monotonic_s())
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from server.errors import NotAuthenticated, SessionLocked
from server.identity.model import Actor
from server.live.errors import TooManyScreens
from server.live.model import Watch
from server.live.ports import Credentials, Feeds, Meetings, Outlet
from server.live.snapshot import SectionsFor, Snapshot
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState

#: Feeds are summaries of many reports: more often than this nobody can read them.
FEED_GAP_S: Final = 0.3
CHECK_GAP_S: Final = 3.0
#: Stands among meeting ids for the fleet's report.
_FLEET: Final = "fleet"
#: Before a meeting's id: its rounds of signing, not its delivery.
_SIGNING: Final = "signing "


@dataclass
class _Screen:
    """One connection. ``fresh`` holds watches whose first answer may still be on its way."""

    credentials: Credentials
    actor: Actor
    watches: dict[MeetingId, Watch] = field(default_factory=dict)
    fresh: set[MeetingId] = field(default_factory=set)
    delivery: dict[MeetingId, bool] = field(default_factory=dict)
    signing: dict[MeetingId, bool] = field(default_factory=dict)
    waiting: bool = False
    waiting_due: bool = False
    fleet: bool = False
    fleet_due: bool = False
    is_locked: bool = False

    @property
    def feeds_due(self) -> bool:
        """Whether a report it wants has changed."""
        return self.fleet_due or self.waiting_due or any(self.delivery.values()) or any(self.signing.values())

    def is_due(self, now: Snapshot) -> bool:
        """Whether there is anything it has not been shown."""
        return self.feeds_due or any(now.seq(meeting) != watch.seq for meeting, watch in self.watches.items())


class LiveHub:
    """All open screens."""

    def __init__(
        self, meetings: Meetings, feeds: Feeds, *, outlet: Outlet, sections_for: SectionsFor, most_screens: int
    ) -> None:
        self._meetings: Final = meetings
        self._feeds: Final = feeds
        self._outlet: Final = outlet
        self._sections_for: Final = sections_for
        self._most: Final = most_screens
        self._screens: Final[dict[str, _Screen]] = {}
        self._lock: Final = threading.Lock()
        # Of its own: who reports may hold a lock that the tick needs to ask for the report.
        self._noting: Final = threading.Lock()
        self._reported: set[str] = set()
        #: set whenever a tick would find something to do
        self.woken: Final = threading.Event()
        self._fed_at_s = float("-inf")
        self._checked_at_s = float("-inf")

    # What others tell; each returns at once

    def announce(
        self,
        meeting: MeetingId,  # noqa: ARG002 - the port's signature
        events: Sequence[Event],  # noqa: ARG002
        *,
        before: MeetingState,  # noqa: ARG002
        after: MeetingState,  # noqa: ARG002
    ) -> None:
        """A meeting changed: the next tick compares every screen with the newest state."""
        self.woken.set()

    def delivery_changed(self, meeting: MeetingId) -> None:
        """Reports of seats came in."""
        with self._noting:
            self._reported.add(meeting)
        self.woken.set()

    def signing_changed(self, meeting: MeetingId) -> None:
        """A round of signing changed."""
        with self._noting:
            self._reported.add(_SIGNING + meeting)
        self.woken.set()

    def fleet_changed(self) -> None:
        """A terminal changed."""
        with self._noting:
            self._reported.add(_FLEET)
        self.woken.set()

    def sessions_ended(self) -> None:
        """Somebody's sessions were ended: the next tick asks whose connections are still somebody's."""
        self._checked_at_s = float("-inf")
        self.woken.set()

    # What screens ask for

    def connect(self, sid: str, credentials: Credentials) -> None:
        """A new screen; raises NotAuthenticated or TooManyScreens. In a locked session it may connect and only wait."""
        try:
            actor = credentials.actor()
        except SessionLocked:
            actor = Actor(None)
        if actor is None:
            raise NotAuthenticated
        with self._lock:
            if len(self._screens) >= self._most:
                raise TooManyScreens
            self._screens[sid] = _Screen(credentials, actor)

    def disconnect(self, sid: str) -> None:
        """The screen is gone."""
        with self._lock:
            self._screens.pop(sid, None)

    def watch(self, sid: str, meeting: MeetingId, seq: int) -> dict[str, Any]:
        """Begin or begin anew: ``{seq, sections}``, all sections unless ``seq`` is the newest number.

        Raises NotAuthenticated, SessionLocked, NoSuchMeeting, NotAllowed.
        """
        with self._lock:
            screen = self._screen(sid)
            state = self._meetings.see(meeting, screen.actor)
            sections = self._sections_for(state, screen.actor)
            screen.watches[meeting] = Watch(meeting, state.seq, sections)
            screen.fresh.add(meeting)
        self.woken.set()
        return {"seq": state.seq, "sections": {} if seq == state.seq else sections}

    def unwatch(self, sid: str, meeting: MeetingId) -> None:
        """Send no more of the meeting and its delivery."""
        with self._lock:
            screen = self._screens.get(sid)
            if screen is not None:
                screen.watches.pop(meeting, None)
                screen.delivery.pop(meeting, None)
                screen.signing.pop(meeting, None)

    def watch_delivery(self, sid: str, meeting: MeetingId, may: Callable[[Actor], None]) -> None:
        """Send ``delivery`` now and at every change; ``may`` raises NotAllowed."""
        with self._lock:
            screen = self._screen(sid)
            may(screen.actor)
            screen.delivery[meeting] = True
        self.woken.set()

    def watch_signing(self, sid: str, meeting: MeetingId, may: Callable[[Actor], None]) -> None:
        """Send ``signing`` now and at every change; ``may`` raises NotAllowed."""
        with self._lock:
            screen = self._screen(sid)
            may(screen.actor)
            screen.signing[meeting] = True
        self.woken.set()

    def watch_waiting(self, sid: str) -> None:
        """Send ``waiting`` now and at every change of any round: what waits for this person's own signature."""
        with self._lock:
            screen = self._screen(sid)
            screen.waiting = screen.waiting_due = screen.actor.person is not None
        self.woken.set()

    def watch_fleet(self, sid: str, may: Callable[[Actor], None]) -> None:
        """Send ``fleet`` now and at every change; ``may`` raises NotAllowed."""
        with self._lock:
            screen = self._screen(sid)
            may(screen.actor)
            screen.fleet = screen.fleet_due = True
        self.woken.set()

    def _screen(self, sid: str) -> _Screen:
        screen = self._screens.get(sid)
        actor = None if screen is None else screen.credentials.actor()
        if screen is None or actor is None:
            raise NotAuthenticated
        screen.actor, screen.is_locked = actor, False
        return screen

    # The tick

    def tick(self, now_s: float) -> None:
        """Send what has changed; ``now_s`` never goes back. Wakes itself again for what has to wait."""
        self.woken.clear()
        if now_s - self._checked_at_s >= CHECK_GAP_S:
            self._checked_at_s = now_s
            self._check_sessions()
        feeds_due = now_s - self._fed_at_s >= FEED_GAP_S
        now = Snapshot(self._meetings, self._feeds, self._sections_for)
        waiting = fed = False
        with self._lock:
            self._mark_reports()
            for sid, screen in self._screens.items():
                if self._outlet.is_slow(sid):
                    waiting |= screen.is_due(now)
                    continue
                waiting |= bool(screen.fresh)
                self._send_patches(sid, screen, now)
                if screen.feeds_due and feeds_due:
                    self._send_feeds(sid, screen, now)
                    fed = True
                waiting |= screen.feeds_due
        if fed:
            self._fed_at_s = now_s
        if waiting:
            self.woken.set()

    def _mark_reports(self) -> None:
        with self._noting:
            reported, self._reported = self._reported, set()
        for screen in self._screens.values():
            screen.delivery.update(dict.fromkeys(screen.delivery.keys() & reported, True))
            changed = {meeting for meeting in screen.signing if _SIGNING + meeting in reported}
            screen.signing.update(dict.fromkeys(changed, True))
            screen.waiting_due |= screen.waiting and any(each.startswith(_SIGNING) for each in reported)
            screen.fleet_due |= screen.fleet and _FLEET in reported

    def _send_patches(self, sid: str, screen: _Screen, now: Snapshot) -> None:
        for meeting, watch in screen.watches.items():
            if meeting in screen.fresh or now.seq(meeting) == watch.seq:
                continue
            screen.watches[meeting], patch = watch.advanced(*now.picture(meeting, screen.actor))
            self._outlet.emit(sid, "patch", patch)
        screen.fresh.clear()

    def _send_feeds(self, sid: str, screen: _Screen, now: Snapshot) -> None:
        for meeting in [each for each, is_due in screen.delivery.items() if is_due]:
            told = now.delivery(meeting)
            if told is not None:
                self._outlet.emit(sid, "delivery", told)
            screen.delivery[meeting] = False
        for meeting in [each for each, is_due in screen.signing.items() if is_due]:
            told = now.signing(meeting)
            if told is not None:
                self._outlet.emit(sid, "signing", told)
            screen.signing[meeting] = False
        told = now.waiting(screen.actor.person_id) if screen.waiting_due else None
        if told is not None:
            self._outlet.emit(sid, "waiting", told)
        screen.waiting_due = False
        told = now.fleet() if screen.fleet_due else None
        if told is not None:
            self._outlet.emit(sid, "fleet", told)
        screen.fleet_due = False

    def _check_sessions(self) -> None:
        with self._lock:
            screens = list(self._screens.items())
        for sid, screen in screens:
            try:
                actor = screen.credentials.actor()
            except SessionLocked:
                if not screen.is_locked:
                    self._silence(screen)
                    self._outlet.emit(sid, "session_locked", {})
                screen.is_locked = True
                continue
            if actor is None:
                self._silence(screen)
                self._outlet.emit(sid, "signed_out", {})
                self._outlet.drop(sid)
                continue
            screen.actor, screen.is_locked = actor, False

    def _silence(self, screen: _Screen) -> None:
        with self._lock:
            screen.watches.clear()
            screen.delivery.clear()
            screen.signing.clear()
            screen.fleet = screen.fleet_due = screen.waiting = screen.waiting_due = False

    def close(self) -> None:
        """Drop all screens: they connect again when the server is back."""
        with self._lock:
            sids = list(self._screens)
        for sid in sids:
            self._outlet.drop(sid)
