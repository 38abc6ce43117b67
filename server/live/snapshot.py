"""What is true at one tick, asked once however many screens show it.

Rules: lives for one tick; a feed that fails is left out and asked again later, the screens keep what they have. Readers
who see the same share one picture: twenty consoles of secretaries are one.

Usage::

    now = Snapshot(meetings, feeds, sections_for, reader_of=reader_of)
    seq, sections = now.picture(meeting, actor)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from server.identity.model import Actor
from server.live.model import Watch
from server.live.ports import Feeds, Meetings
from server.meetings.errors import NoSuchMeeting
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.view import Section

_LOG: Final = logging.getLogger("live")

#: No number: whoever watches a rehearsal that is deleted is told by who deleted it.
GONE: Final = -1
SectionsFor = Callable[[MeetingState, Actor], Section]
#: What alone decides which sections an actor sees of any meeting.
ReaderOf = Callable[[Actor], str]


class Snapshot:
    """Remembers its answers."""

    def __init__(self, meetings: Meetings, feeds: Feeds, sections_for: SectionsFor, *, reader_of: ReaderOf) -> None:
        self._meetings: Final = meetings
        self._feeds: Final = feeds
        self._sections_for: Final = sections_for
        self._reader_of: Final = reader_of
        self._states: Final[dict[MeetingId, MeetingState]] = {}
        #: a database that hangs is waited for once, not once a screen
        self._failed: Final[dict[MeetingId, Exception]] = {}
        self._sections: Final[dict[tuple[MeetingId, str], Section]] = {}
        #: beside each patch the picture it starts from, which must live as long as its number is used
        self._patches: Final[dict[tuple[int, int, int], tuple[Watch, Watch, dict[str, Any]]]] = {}
        self._told: Final[dict[str, dict[str, Any] | None]] = {}

    def seq(self, meeting: MeetingId) -> int:
        """The newest number; ``GONE`` when the meeting was deleted just now."""
        try:
            return self._state(meeting).seq
        except NoSuchMeeting:
            return GONE

    def picture(self, meeting: MeetingId, actor: Actor) -> tuple[int, Section]:
        """The newest number, and the sections as ``actor`` may see them."""
        state, key = self._state(meeting), (meeting, self._reader_of(actor))
        if key not in self._sections:
            self._sections[key] = self._sections_for(state, actor)
        return state.seq, self._sections[key]

    def advanced(self, watch: Watch, actor: Actor) -> tuple[Watch, dict[str, Any]]:
        """The newest picture of who watches, and the patch to it; the same for all who have been shown the same."""
        seq, sections = self.picture(MeetingId(watch.meeting), actor)
        key = watch.seq, id(watch.sections), id(sections)
        if key not in self._patches:
            self._patches[key] = watch, *watch.advanced(seq, sections)
        _, after, patch = self._patches[key]
        return after, patch

    def delivery(self, meeting: MeetingId) -> dict[str, Any] | None:
        """The payload of ``delivery``, None when it cannot be told now."""
        return self._tell(meeting, lambda: {"meeting": meeting, **self._feeds.delivery_now(meeting)})

    def signing(self, meeting: MeetingId, actor: Actor) -> dict[str, Any] | None:
        """The payload of ``signing`` for this reader, None when it cannot be told now."""
        told = self._tell(f"signing {meeting}", lambda: {"meeting": meeting, **self._feeds.signing_now(meeting)})
        if told is None:
            return None
        return self._tell(f"signing {meeting} {actor.label}", lambda: self._feeds.signing_for(meeting, told, actor))

    def waiting(self, person: str) -> dict[str, Any] | None:
        """The payload of ``waiting``, None when it cannot be told now."""
        return self._tell(f"waiting {person}", lambda: {"rounds": self._feeds.waiting_now(person)})

    def fleet(self) -> dict[str, Any] | None:
        """The payload of ``fleet``, None when it cannot be told now."""
        return self._tell("", lambda: {"devices": self._feeds.devices_now()})

    def _state(self, meeting: MeetingId) -> MeetingState:
        if meeting in self._failed:
            raise self._failed[meeting]
        if meeting not in self._states:
            try:
                self._states[meeting] = self._meetings.state(meeting)
            except Exception as exc:
                self._failed[meeting] = exc
                raise
        return self._states[meeting]

    def _tell(self, key: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        if key not in self._told:
            try:
                self._told[key] = ask()
            except Exception:  # noqa: BLE001 - one feed's fault must not stop the meeting's own patches
                _LOG.exception("no report for %s", key or "the fleet")
                self._told[key] = None
        return self._told[key]
