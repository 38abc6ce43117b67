"""Who stands at the door: joins identity, meetings and displays into what the guards of ``server/web.py`` ask.

Rules: holds no rule of its own.

Usage: ``web.install(app, Door(identity, meetings, slots, clock))``.
"""

from __future__ import annotations

from typing import Final

from server.clock import Clock
from server.identity.model import Actor
from server.identity.service import IdentityService
from server.meetings.errors import NoSuchMeeting
from server.meetings.service import MeetingService
from server.slots import Slots
from wire.ids import MeetingId
from wire.state import MemberRole


class Door:
    """The ``Doorkeeper`` of the application."""

    def __init__(self, identity: IdentityService, meetings: MeetingService, *, slots: Slots, clock: Clock) -> None:
        self._identity: Final = identity
        self._meetings: Final = meetings
        self._slots: Final = slots
        self._clock: Final = clock

    def session(self, token: str, *, while_locked: bool) -> Actor:
        """The person of a session cookie; raises NotSignedIn or SessionLocked."""
        return self._identity.actor(token, now=self._clock.now(), while_locked=while_locked)

    def display(self, token: str) -> Actor | None:
        """The display of a display cookie."""
        room = self._slots.displays.room_of(token) if token else None
        return None if room is None else Actor(None, display_room=room)

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
