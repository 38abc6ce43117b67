"""What the marks need from outside.

Rules: a store sees wrapped keys and boxes; the number of a kept mark rises within one person's marks of one meeting.

Usage: ``store.since(tx, place, after=12, limit=200)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

from server.marks.model import Amount
from server.unit import Transaction
from wire.ids import MeetingId
from wire.marks import Sealed
from wire.secret import Secret
from wire.state import MeetingState


class Place(NamedTuple):
    """Whose marks, of which meeting."""

    meeting: MeetingId
    person: str


class Kept(NamedTuple):
    """A mark and its number."""

    number: int
    mark: Sealed


class MarkStore(Protocol):
    """Keeps keys, boxes, and which devices were given a key."""

    def add_key(self, tx: Transaction, place: Place, wrapped: bytes, *, at: dt.datetime) -> None:
        """Keep a person's key, unless there is one."""
        ...

    def key(self, tx: Transaction, place: Place) -> bytes | None:
        """The wrapped key."""
        ...

    def note_device(self, tx: Transaction, place: Place, device: str, *, at: dt.datetime) -> None:
        """The device is given the key."""
        ...

    def knows_device(self, tx: Transaction, place: Place, device: str) -> bool:
        """Whether it was."""
        ...

    def hold(self, tx: Transaction, place: Place) -> int | None:
        """The newest number, and nobody else writes until the transaction ends; None without a key."""
        ...

    def newest(self, tx: Transaction, place: Place) -> int:
        """The newest number, 0 when there is none."""
        ...

    def find(self, tx: Transaction, place: Place, marks: Collection[str]) -> list[Sealed]:
        """Those of these that are kept."""
        ...

    def amount(self, tx: Transaction, place: Place) -> Amount:
        """How much is kept."""
        ...

    def keep(self, tx: Transaction, place: Place, marks: Iterable[Kept]) -> None:
        """Put them in place of what was kept under their identifiers; the last number is the newest."""
        ...

    def since(self, tx: Transaction, place: Place, *, after: int, limit: int) -> list[Kept]:
        """The next ones above a number, in the order of their numbers."""
        ...

    def meetings(self, tx: Transaction) -> list[MeetingId]:
        """The meetings of which anything is kept."""
        ...

    def drop(self, tx: Transaction, meeting: MeetingId) -> int:
        """Delete everything of a meeting; how many people's."""
        ...


class States(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...


class Wrapping(Protocol):
    """The master key."""

    def wrap(self, key: Secret) -> bytes:
        """The key for the database."""
        ...

    def unwrap(self, wrapped: bytes) -> Secret:
        """The key again."""
        ...
