"""What is true at one tick, asked once however many screens show it.

Rules: lives for one tick; a feed that fails is left out and asked again later, the screens keep what they have.

Usage::

    now = Snapshot(meetings, feeds, sections_for)
    seq, sections = now.picture(meeting, actor)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from server.identity.model import Actor
from server.live.ports import Feeds, Meetings
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.view import Section

_LOG: Final = logging.getLogger("live")

SectionsFor = Callable[[MeetingState, Actor], Section]


class Snapshot:
    """Remembers its answers."""

    def __init__(self, meetings: Meetings, feeds: Feeds, sections_for: SectionsFor) -> None:
        self._meetings: Final = meetings
        self._feeds: Final = feeds
        self._sections_for: Final = sections_for
        self._states: Final[dict[MeetingId, MeetingState]] = {}
        self._sections: Final[dict[tuple[MeetingId, str], Section]] = {}
        self._told: Final[dict[str, dict[str, Any] | None]] = {}

    def seq(self, meeting: MeetingId) -> int:
        """The newest number."""
        return self._state(meeting).seq

    def picture(self, meeting: MeetingId, actor: Actor) -> tuple[int, Section]:
        """The newest number, and the sections as ``actor`` may see them."""
        state, key = self._state(meeting), (meeting, actor.label)
        if key not in self._sections:
            self._sections[key] = self._sections_for(state, actor)
        return state.seq, self._sections[key]

    def delivery(self, meeting: MeetingId) -> dict[str, Any] | None:
        """The payload of ``delivery``, None when it cannot be told now."""
        return self._tell(meeting, lambda: {"meeting": meeting, **self._feeds.delivery_now(meeting)})

    def signing(self, meeting: MeetingId) -> dict[str, Any] | None:
        """The payload of ``signing``, None when it cannot be told now."""
        return self._tell(f"signing {meeting}", lambda: {"meeting": meeting, **self._feeds.signing_now(meeting)})

    def waiting(self, person: str) -> dict[str, Any] | None:
        """The payload of ``waiting``, None when it cannot be told now."""
        return self._tell(f"waiting {person}", lambda: {"rounds": self._feeds.waiting_now(person)})

    def fleet(self) -> dict[str, Any] | None:
        """The payload of ``fleet``, None when it cannot be told now."""
        return self._tell("", lambda: {"devices": self._feeds.devices_now()})

    def _state(self, meeting: MeetingId) -> MeetingState:
        if meeting not in self._states:
            self._states[meeting] = self._meetings.state(meeting)
        return self._states[meeting]

    def _tell(self, key: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        if key not in self._told:
            try:
                self._told[key] = ask()
            except Exception:  # noqa: BLE001 - one feed's fault must not stop the meeting's own patches
                _LOG.exception("no report for %s", key or "the fleet")
                self._told[key] = None
        return self._told[key]
