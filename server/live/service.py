"""The hub: which screens are open, what each has been shown, what has changed since.

Rules: announcing only notes and wakes; everything is sent by :meth:`LiveHub.tick`, from one thread. A screen that has
not taken its last messages is passed over and gets one patch for all it missed when it has; what fails for one screen
is raised when the others have been told. Who may watch is asked when
the watch begins and again every few seconds; a locked or ended session is told so and shown nothing more.

Usage::

    hub.connect(sid, credentials); hub.watch(sid, meeting); hub.tick(clock.monotonic_s())
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from server.errors import NotAllowed, NotAuthenticated, SessionLocked
from server.identity.model import Actor
from server.live.errors import TooManyScreens
from server.live.model import Watch
from server.live.ports import Credentials, Feeds, Meetings, Outlet
from server.live.post import Post
from server.live.snapshot import GONE, ReaderOf, SectionsFor, Snapshot
from wire.events import Event
from wire.ids import MeetingId
from wire.messages import Point, View
from wire.state import MeetingState

#: Feeds are summaries of many reports: more often than this nobody can read them.
FEED_GAP_S: Final = 0.3
#: Of five hundred seats a report is a hundred kilobytes for every console: that meeting's comes once a second, so that
#: ballots and page turns do not wait for it.
_FEED_GAP_A_ROW_S: Final = 0.002
CHECK_GAP_S: Final = 3.0
#: Stands among meeting ids for the fleet's report.
_FLEET: Final = "fleet"
#: Before a meeting's id: its rounds of signing, not its delivery.
_SIGNING: Final = "signing "
#: What presenters point at and see, by meeting and kind.
_Points: TypeAlias = dict[tuple[MeetingId, str], dict[str, Any]]


@dataclass
class _Screen:
    """One connection. ``fresh`` holds watches whose first answer may still be on its way."""

    credentials: Credentials
    actor: Actor
    watches: dict[MeetingId, Watch] = field(default_factory=dict)
    fresh: set[MeetingId] = field(default_factory=set)
    delivery: dict[MeetingId, bool] = field(default_factory=dict)
    #: the reports it was sent last: what says the same is not sent again
    shown: dict[MeetingId, dict[str, Any]] = field(default_factory=dict)
    signing: dict[MeetingId, bool] = field(default_factory=dict)
    waiting: bool = False
    waiting_due: bool = False
    fleet: bool = False
    fleet_due: bool = False
    #: the terminals as they were sent last, by their ids; None: the next report holds all of them
    fleet_shown: dict[str, dict[str, Any]] | None = None
    fleet_told: dict[str, Any] | None = None
    is_locked: bool = False

    def feeds_due(self, resting: Collection[str] = ()) -> bool:
        """Whether a report it wants has changed, but for the resting ones: deliveries of meetings, and the fleet's."""
        delivery = any(is_due and meeting not in resting for meeting, is_due in self.delivery.items())
        fleet = self.fleet_due and _FLEET not in resting
        return fleet or self.waiting_due or delivery or any(self.signing.values())

    def is_due(self, now: Snapshot) -> bool:
        """Whether there is anything it has not been shown."""
        return self.feeds_due() or any(
            now.seq(meeting) not in {watch.seq, GONE} for meeting, watch in self.watches.items()
        )


class LiveHub:
    """All open screens."""

    def __init__(
        self,
        meetings: Meetings,
        feeds: Feeds,
        *,
        outlet: Outlet,
        sections_for: SectionsFor,
        reader_of: ReaderOf,
        most_screens: int,
    ) -> None:
        self._meetings: Final = meetings
        self._feeds: Final = feeds
        self._outlet: Final = outlet
        self._sections_for: Final = sections_for
        self._reader_of: Final = reader_of
        self._most: Final = most_screens
        self._screens: Final[dict[str, _Screen]] = {}
        # Held while a tick is sent, so that no answer overtakes a patch; a connection that is found dead while it is
        # sent something says so at once, on this same thread, and must not wait for itself.
        self._lock: Final = threading.RLock()
        # Of its own: who reports may hold a lock that the tick needs to ask for the report.
        self._noting: Final = threading.Lock()
        self._reported: set[str] = set()
        self._points: dict[tuple[MeetingId, str], Point | View] = {}
        #: set whenever a tick would find something to do
        self.woken: Final = threading.Event()
        self._fed_at_s = float("-inf")
        #: until when the large report of a meeting is not sent again
        self._rests_until_s: dict[str, float] = {}
        self._ticked_at_s = float("-inf")
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

    def meeting_gone(self, meeting: MeetingId, last: MeetingState) -> None:  # noqa: ARG002 - the port's signature
        """A rehearsal was deleted: whoever watches it is told so and sent no more of it (M5)."""
        post, gone = Post(), {"meeting": meeting}
        with self._lock:
            for sid, screen in self._screens.items():
                if screen.watches.pop(meeting, None) is not None:
                    post.add(sid, "gone", gone)
                screen.delivery.pop(meeting, None)
                screen.shown.pop(meeting, None)
                screen.signing.pop(meeting, None)
        # Only now: a screen that is found dead leaves the very list that was gone through.
        post.send(self._outlet)
        self.woken.set()

    def pointed(self, point: Point | View) -> None:
        """The newest of each kind is sent with the next tick, to who is shown that page (W110, W124)."""
        with self._noting:
            self._points[MeetingId(point.meeting), point.TYPE] = point
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

    def watching(self, meeting: MeetingId) -> dict[str, bool]:
        """Who has this meeting on a console that is not locked, and whether one of theirs was begun with a token."""
        found: dict[str, bool] = {}
        with self._lock:
            for screen in self._screens.values():
                person = screen.actor.person
                if person is not None and meeting in screen.watches and not screen.is_locked:
                    found[person] = found.get(person, False) or screen.actor.by_token
        return found

    def person_of(self, sid: str) -> str:
        """Who sits before a screen; raises NotAuthenticated, SessionLocked, and NotAllowed for a display."""
        with self._lock:
            actor = self._screen(sid).actor
        if actor.person is None:
            raise NotAllowed
        return actor.person

    def unwatch(self, sid: str, meeting: MeetingId) -> None:
        """Send no more of the meeting and its delivery."""
        with self._lock:
            screen = self._screens.get(sid)
            if screen is not None:
                screen.watches.pop(meeting, None)
                screen.delivery.pop(meeting, None)
                screen.shown.pop(meeting, None)
                screen.signing.pop(meeting, None)

    def watch_delivery(self, sid: str, meeting: MeetingId, may: Callable[[Actor], None]) -> None:
        """Send ``delivery`` now and at every change; ``may`` raises NotAllowed."""
        with self._lock:
            screen = self._screen(sid)
            may(screen.actor)
            screen.shown.pop(meeting, None)
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
            screen.fleet_shown = None
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
        self._ticked_at_s = now_s
        self._rests_until_s = {meeting: until_s for meeting, until_s in self._rests_until_s.items() if until_s > now_s}
        resting = frozenset(self._rests_until_s)
        now = Snapshot(self._meetings, self._feeds, self._sections_for, reader_of=self._reader_of)
        post = Post()
        waiting = fed = False
        fault: Exception | None = None
        with self._lock:
            points = self._mark_reports()
            for sid, screen in self._screens.items():
                try:
                    if self._outlet.is_slow(sid):
                        waiting |= screen.is_due(now)
                        continue
                    waiting |= bool(screen.fresh)
                    self._write_patches(sid, screen, now, post)
                    self._write_points(sid, screen, points, post)
                    if feeds_due and screen.feeds_due(resting):
                        self._write_feeds(sid, screen, now, post, resting=resting)
                        fed = True
                    waiting |= screen.feeds_due()
                except Exception as exc:  # noqa: BLE001 - raised when the others have been sent theirs
                    fault = exc
            for sid, lost in post.send(self._outlet):
                self._untold(sid, lost)
        if fed:
            self._fed_at_s = now_s
        if waiting:
            self.woken.set()
        if fault is not None:
            raise fault

    def _untold(self, sid: str, lost: dict[str, Any]) -> None:
        """A screen was not sent what it was to be: the next report is sent to it even if it says the same."""
        screen = self._screens.get(sid)
        if screen is not None:
            screen.shown = {meeting: told for meeting, told in screen.shown.items() if told is not lost}
            if screen.fleet_told is lost:
                screen.fleet_shown, screen.fleet_due = None, True

    def _mark_reports(self) -> _Points:
        with self._noting:
            reported, self._reported = self._reported, set()
            points, self._points = self._points, {}
        for screen in self._screens.values():
            screen.delivery.update(dict.fromkeys(screen.delivery.keys() & reported, True))
            changed = {meeting for meeting in screen.signing if _SIGNING + meeting in reported}
            screen.signing.update(dict.fromkeys(changed, True))
            screen.waiting_due |= screen.waiting and any(each.startswith(_SIGNING) for each in reported)
            screen.fleet_due |= screen.fleet and _FLEET in reported
        return {key: point.to_value() for key, point in points.items()}

    def _write_points(self, sid: str, screen: _Screen, points: _Points, post: Post) -> None:
        for (meeting, kind), point in points.items():
            watch = screen.watches.get(meeting)
            shown = watch.sections.get("presenting") if watch is not None else None
            if shown is not None and shown["paper"] == point["paper"]:
                post.add(sid, kind, point)

    def _write_patches(self, sid: str, screen: _Screen, now: Snapshot, post: Post) -> None:
        for meeting, watch in screen.watches.items():
            if meeting in screen.fresh or now.seq(meeting) in {watch.seq, GONE}:
                continue
            screen.watches[meeting], patch = now.advanced(watch, screen.actor)
            post.add(sid, "patch", patch)
        screen.fresh.clear()

    def _write_feeds(self, sid: str, screen: _Screen, now: Snapshot, post: Post, *, resting: Collection[str]) -> None:
        for meeting in [each for each, is_due in screen.delivery.items() if is_due and each not in resting]:
            told = now.delivery(meeting)
            if told is not None and told != screen.shown.get(meeting):
                screen.shown[meeting] = told
                post.add(sid, "delivery", told)
                self._rests_until_s[meeting] = self._ticked_at_s + len(told["seats"]) * _FEED_GAP_A_ROW_S
            screen.delivery[meeting] = False
        for meeting in [each for each, is_due in screen.signing.items() if is_due]:
            told = now.signing(meeting, screen.actor)
            if told is not None:
                post.add(sid, "signing", told)
            screen.signing[meeting] = False
        told = now.waiting(screen.actor.person_id) if screen.waiting_due else None
        if told is not None:
            post.add(sid, "waiting", told)
        screen.waiting_due = False
        if screen.fleet_due and _FLEET not in resting:
            self._write_fleet(sid, screen, now, post)

    def _write_fleet(self, sid: str, screen: _Screen, now: Snapshot, post: Post) -> None:
        """All terminals the first time, then those that changed: five hundred of them say how they are all the time."""
        screen.fleet_due = False
        told = now.fleet()
        if told is None:
            return
        before, after = screen.fleet_shown, {str(each["id"]): each for each in told["devices"]}
        screen.fleet_shown = after
        if before is not None:
            changed = [each for device, each in after.items() if before.get(device) != each]
            told = {"changed": changed, "gone": sorted(before.keys() - after.keys())}
            if not changed and not told["gone"]:
                return
        screen.fleet_told = told
        post.add(sid, "fleet", told)
        self._rests_until_s[_FLEET] = self._ticked_at_s + len(after) * _FEED_GAP_A_ROW_S

    def _check_sessions(self) -> None:
        with self._lock:
            screens = list(self._screens.items())
        for sid, screen in screens:
            try:
                actor = screen.credentials.actor()
            except SessionLocked:
                if not screen.is_locked:
                    self._silence(screen)
                    self._outlet.emit([sid], "session_locked", {})
                screen.is_locked = True
                continue
            if actor is None:
                self._silence(screen)
                self._outlet.emit([sid], "signed_out", {})
                self._outlet.drop(sid)
                continue
            screen.actor, screen.is_locked = actor, False

    def _silence(self, screen: _Screen) -> None:
        with self._lock:
            screen.watches.clear()
            screen.delivery.clear()
            screen.shown.clear()
            screen.signing.clear()
            screen.fleet = screen.fleet_due = screen.waiting = screen.waiting_due = False

    def close(self) -> None:
        """Drop all screens: they connect again when the server is back."""
        with self._lock:
            sids = list(self._screens)
        for sid in sids:
            self._outlet.drop(sid)
