"""The presenter's pointer and what they see, from a seat or a console to everybody who follows (F1, W110, W124).

Rules: taken from who presents, for the page that is presented, and dropped otherwise without a word: it is late, or the
page has turned. Nothing of it is kept, logged or stored; what comes faster than it can be shown replaces what waits.

Usage::

    pointing.point(meeting, "u-…", Place(paper, 3, 5000, 1200), at_s=clock.monotonic_s())
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from typing import Final, Protocol

from server.errors import ServerError, Unavailable
from server.meetings.ports import ActHandler, Outcome
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import MeetingId, RoomId
from wire.messages import Act, Point, View
from wire.messages.pointing import KIND as POINT
from wire.messages.pointing import Place
from wire.messages.viewing import KIND as VIEW
from wire.messages.viewing import Part
from wire.state import MeetingState

#: Ten a second are a movement; more only fill the line.
GAP_S: Final = 0.08
#: A page that moves under a reader more often than this cannot be read (W124).
VIEW_GAP_S: Final = 0.15


class States(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...


class Screens(Protocol):
    """Consoles and displays."""

    def pointed(self, point: Point | View) -> None:
        """Show it to who watches; returns at once."""
        ...


class Seats(Protocol):
    """The link to the seats."""

    def pointed(self, room: RoomId, point: Point | View) -> None:
        """Tell the room; returns at once."""
        ...


@dataclass(frozen=True, slots=True)
class Pointing:
    """One pointer and one view a meeting. ``monotonic_s`` never goes back."""

    meetings: States
    screens: Screens
    seats: Seats
    _told_s: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def point(self, meeting: MeetingId, person: str, place: Place | Part, *, at_s: float) -> bool:
        """Whether it was passed on."""
        state = self.meetings.state(meeting)
        shown = state.presenting
        at = (person, *place.paper, place.page)
        if shown is None or (shown.person, shown.paper, shown.version, shown.page) != at:
            return False
        point = View(meeting, person, place) if isinstance(place, Part) else Point(meeting, person, place)
        gap_s = VIEW_GAP_S if isinstance(place, Part) else GAP_S
        with self._lock:
            if at_s - self._told_s.get((meeting, point.TYPE), float("-inf")) < gap_s:
                return False
            for old in [each for each, told_s in self._told_s.items() if at_s - told_s >= VIEW_GAP_S]:
                del self._told_s[old]  # No meeting is remembered for longer than it matters.
            self._told_s[meeting, point.TYPE] = at_s
        self.screens.pointed(point)
        self.seats.pointed(RoomId(state.room), point)
        return True


class Clock(Protocol):
    """Seconds that never go back."""

    def monotonic_s(self) -> float:
        """Now."""
        ...


class PointActs:
    """Takes the acts ``point`` and ``view`` from seats; everything else is for ``acts``."""

    def __init__(self, acts: ActHandler, pointing: Pointing, clock: Clock) -> None:
        self._acts: Final = acts
        self._pointing: Final = pointing
        self._clock: Final = clock

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act``; see the port. Raises Unavailable, or what the database raises when it is away."""
        if act.kind not in {POINT, VIEW}:
            return self._acts.perform(act, device=device, seat=seat, now=now)
        try:
            fields = Fields(act.data, "act.data")
            place = Part.read(fields) if act.kind == VIEW else Place.read(fields)
            fields.end()
            meeting = MeetingId(act.meeting)
            if act.person is not None and (act.person, seat) in self._pointing.meetings.state(meeting).seated:
                self._pointing.point(meeting, act.person, place, at_s=self._clock.monotonic_s())
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            return Outcome("refused", refusal.code)
        return Outcome("done")
