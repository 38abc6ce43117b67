"""What the live hub needs from outside.

Rules: an outlet only queues; it never waits for a screen.

Usage: ``outlet.emit(sid, "patch", patch)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from server.identity.model import Actor
from wire.ids import MeetingId
from wire.state import MeetingState


class Outlet(Protocol):
    """The connections themselves."""

    def emit(self, sids: Sequence[str], event: str, payload: dict[str, Any]) -> None:
        """Queue an event for these screens, written once."""
        ...

    def is_slow(self, sid: str) -> bool:
        """Whether the screen has not taken yet what it was sent."""
        ...

    def drop(self, sid: str) -> None:
        """Close the connection after what is queued."""
        ...


class Credentials(Protocol):
    """What a connection showed when it was made."""

    def actor(self) -> Actor | None:
        """Who it belongs to now, None when the session has ended; raises SessionLocked."""
        ...


class Meetings(Protocol):
    """The meetings as one may see them."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state."""
        ...

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The newest state, if ``actor`` may see it; raises NoSuchMeeting or NotAllowed."""
        ...


class Feeds(Protocol):
    """What other features report."""

    def delivery_now(self, meeting: MeetingId) -> dict[str, Any]:
        """``{seats, papers, recall}``."""
        ...

    def signing_now(self, meeting: MeetingId) -> dict[str, Any]:
        """``{rounds, has_stamps}``."""
        ...

    def signing_for(self, meeting: MeetingId, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        """What of it is for this reader."""
        ...

    def waiting_now(self, person: str) -> list[dict[str, Any]]:
        """The rounds that wait for a person's signature."""
        ...

    def devices_now(self) -> list[dict[str, Any]]:
        """All terminals."""
        ...
