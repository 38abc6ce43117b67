"""What calendars need from outside.

Usage: ``CalendarService(...)`` in ``server/assembly/calendars.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from server.identity.model import Actor
from server.meetings.ports import MeetingRow
from server.unit import Transaction
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole


class Address(NamedTuple):
    """Whose calendar an address gives. ``titles``: with titles and rooms."""

    person: str
    titles: bool
    made_at: dt.datetime


class AddressStore(Protocol):
    """The addresses: of each only a hash, one a person."""

    def put(self, tx: Transaction, digest: str, address: Address) -> None:
        """The person's only address from now on."""
        ...

    def drop(self, tx: Transaction, person: str) -> bool:
        """The person has none any more; whether there was one."""
        ...

    def of(self, tx: Transaction, person: str) -> Address | None:
        """The person's."""
        ...

    def find(self, tx: Transaction, digest: str) -> Address | None:
        """Whose it is."""
        ...


class People(Protocol):
    """The identity feature, as far as calendars need it."""

    def enabled_of(self, people: Collection[str], *, now: dt.datetime) -> frozenset[str]:
        """Those who may sign in."""
        ...


class Meetings(Protocol):
    """The meetings feature, as far as calendars need it."""

    def meetings_of(self, actor: Actor) -> Sequence[tuple[MeetingRow, MemberRole | None]]:
        """The meetings one may see, with one's role in each."""
        ...

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The state, if the actor may see it; raises NoSuchMeeting, NotAllowed."""
        ...
