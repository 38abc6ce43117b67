"""Use cases of displays: make a link, open it, tell a display's room.

Rules: a link may be opened again (a screen forgets everything at a power cut); each opening gets a session of its own.
Making a link with ``replace`` ends all links and sessions of the room before it.

Usage::

    token = displays.make_link(room, by=actor.label, replace=True, now=now)
    opened = displays.open_link(token, now=now)        # opened.cookie, opened.room, opened.room_name
    displays.room_of(cookie)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from server.displays.errors import DisplayLinkUnknown
from server.displays.ports import DisplayStore, PlanSeat, Rooms
from server.journal import Journal
from server.unit import UnitOfWork
from wire.secret import Secret

TOKEN_BYTES: Final = 32
LINKED: Final = "display_linked"


@dataclass(frozen=True, slots=True)
class OpenedDisplay:
    """A display that has just signed in: its cookie and its room."""

    cookie: Secret
    room: str
    room_name: str


class DisplayService:
    """The use cases. ``random`` gives that many random bytes."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: DisplayStore,
        *,
        rooms: Rooms,
        journal: Journal,
        random: Callable[[int], bytes],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._rooms: Final = rooms
        self._journal: Final = journal
        self._random: Final = random

    def make_link(self, room: str, *, by: str, replace: bool, now: dt.datetime) -> Secret:
        """The token of a new link, shown once; raises NoSuchRoom."""
        self._rooms.room_name(room)
        token = self._token()
        with self._unit.begin() as tx:
            if replace:
                self._store.remove_links(tx, room)
            self._store.add_link(tx, _hash(token), room=room, by=by, at=now)
            self._journal.record(tx, LINKED, {"room": room, "replaces": replace}, actor=by, now=now)
        return token

    def open_link(self, token: Secret, *, now: dt.datetime) -> OpenedDisplay:
        """Sign a display in; raises DisplayLinkUnknown."""
        link, cookie = _hash(token), self._token()
        with self._unit.begin() as tx:
            room = self._store.room_of_link(tx, link)
            if room is None:
                raise DisplayLinkUnknown
            self._store.add_session(tx, _hash(cookie), link=link, at=now)
        return OpenedDisplay(cookie, room, self._rooms.room_name(room))

    def room_of(self, token: str) -> str | None:
        """The room of the display that holds the cookie ``token``."""
        if not token:
            return None
        with self._unit.read() as tx:
            return self._store.room_of_session(tx, _hash(Secret(token.encode("utf-8"))))

    def room_name(self, room: str) -> str:
        """The name of a display's room; raises NoSuchRoom."""
        return self._rooms.room_name(room)

    def plan(self, room: str) -> Sequence[PlanSeat]:
        """The seats of a display's room; raises NoSuchRoom."""
        return self._rooms.plan(room)

    def _token(self) -> Secret:
        return Secret(self._random(TOKEN_BYTES).hex().encode("ascii"))


def _hash(token: Secret) -> str:
    return hashlib.sha256(token.reveal()).hexdigest()
