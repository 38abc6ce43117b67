"""Who stands at the door: joins identity, meetings and displays into what the guards of ``server/web.py`` ask.

Rules: holds no rule of its own.

Usage: ``web.install(app, Door(identity, meetings, slots, clock))``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from server.clock import Clock
from server.identity.model import Actor
from server.identity.service import IdentityService
from server.meetings.errors import NoSuchMeeting
from server.meetings.service import MeetingService
from server.slots import Slots
from wire.ids import MeetingId
from wire.state import MemberRole


@dataclass(frozen=True, slots=True)
class Shown:
    """The cookies of one live connection."""

    door: Door = field(repr=False)
    session: str = field(repr=False)
    display: str = field(repr=False)

    def actor(self) -> Actor | None:
        """Who it belongs to now, None when the session has ended; raises SessionLocked."""
        return self.door.peek(self.session, self.display)


class Door:
    """The ``Doorkeeper`` of the application."""

    def __init__(self, identity: IdentityService, meetings: MeetingService, *, slots: Slots, clock: Clock) -> None:
        self._identity: Final = identity
        self._meetings: Final = meetings
        self._slots: Final = slots
        self._clock: Final = clock

    def session(self, token: str, *, while_locked: bool, without_factor: bool, with_one_time: bool) -> Actor:
        """The person of a session cookie.

        Raises NotSignedIn, SessionLocked, PasswordMustChange or SecondFactorMissing.
        """
        now = self._clock.now()
        return self._identity.actor(
            token, now=now, while_locked=while_locked, without_factor=without_factor, with_one_time=with_one_time
        )

    def display(self, token: str) -> Actor | None:
        """The display of a display cookie."""
        room = self._slots.displays.room_of(token) if token else None
        return None if room is None else Actor(None, display_room=room)

    def credentials(self, session: str, display: str) -> Shown:
        """What the cookies of a live connection stand for, asked anew each time."""
        return Shown(self, session, display)

    def peek(self, session: str, display: str) -> Actor | None:
        """Who they stand for now, None when nobody; raises SessionLocked. Does not count as use."""
        if session:
            return self._identity.peek(session, now=self._clock.now())
        return self.display(display)

    def csrf(self, token: str) -> str:
        """The CSRF token that belongs to a session cookie."""
        return self._identity.csrf(token)

    def member_roles(self, person: str, meeting: str | None) -> frozenset[MemberRole]:
        """The person's roles in a meeting, or in any meeting."""
        return self._meetings.member_roles(person, None if meeting is None else MeetingId(meeting))

    def meeting_room(self, meeting: str) -> str | None:
        """The room of a meeting, None when there is no such meeting."""
        try:
            return self._meetings.state(MeetingId(meeting)).room
        except NoSuchMeeting:
            return None
