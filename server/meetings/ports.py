"""What meetings need from outside, and what they offer to the link with the seats.

Rules: an :class:`Announcer` is called after the commit, in the log's order per meeting, and must return at once (it
puts on a queue); what it raises never undoes a change.

Usage::

    announcers.announce(meeting, events, before, after)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from server.idempotency.service import ActKey
from server.identity.sign_ins import Means
from server.unit import Transaction
from wire.entries import Entry
from wire.events import Event
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import Act, Head, Message
from wire.proof import TokenData
from wire.secret import Secret
from wire.state import MeetingState, MemberRole

#: Written in the transaction of the events; what it returns is added to the act's answer. It must not open another one.
Also: TypeAlias = Callable[[Transaction, MeetingState], dict[str, Any] | None]


class Announcer(Protocol):
    """Told of every committed change."""

    def announce(
        self, meeting: MeetingId, events: Sequence[Event], *, before: MeetingState, after: MeetingState
    ) -> None:
        """``events`` are committed and lead from ``before`` to ``after``."""
        ...


class Holder(NamedTuple):
    """A device that was ever sent a meeting's key, and the seat it stood at."""

    device: str
    seat: str
    seat_label: str


class Holders(Protocol):
    """Who holds papers of a meeting (the distribution feature answers)."""

    def holding(self, meeting: MeetingId) -> Sequence[Holder]:
        """All devices that may hold the meeting's keys. Asked while a transaction is open: it may read, never write."""
        ...


class Epochs(Protocol):
    """Makes and keeps the keys of a meeting's epochs."""

    def start(self, tx: Transaction, meeting: str, *, now: dt.datetime) -> int:
        """Keep the next epoch's key in the transaction of its event; its number."""
        ...


class Record(Protocol):
    """The house's record of everything (L1)."""

    def add(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        """Leaves that are there when ``tx`` is committed."""
        ...


class Person(Protocol):
    """What a meeting copies of a person when they become a member."""

    @property
    def name(self) -> str:
        """Họ và tên."""
        ...

    @property
    def position(self) -> str:
        """Chức vụ."""
        ...

    @property
    def unit(self) -> str:
        """Đơn vị."""
        ...


class People(Protocol):
    """Looks people up, and checks the passwords they give at a seat."""

    def person(self, person: str) -> Person:
        """By id; raises NoSuchPerson."""
        ...

    def check_person(
        self, person: str, password: Secret, code: Secret | None = None, *, source: str, now: dt.datetime
    ) -> object:
        """Raise a refusal of identity unless password and code are theirs (I4)."""
        ...

    def check_password(self, person: str, password: Secret, *, source: str, now: dt.datetime) -> None:
        """The password alone, where a code was used up before."""
        ...

    def noted(self, person: str | None, means: Means, place: str, *, now: dt.datetime) -> AbstractContextManager[None]:
        """A block in which somebody signs in: how it ends is told to whoever keeps sign-ins."""
        ...

    def use(self, person: str, *, now: dt.datetime) -> None:
        """They have proved who they are without a password; raises AccountDisabled or NoSuchPerson."""
        ...

    def check_enabled(self, person: str, *, now: dt.datetime) -> None:
        """Raise AccountDisabled or NoSuchPerson unless the person may act."""
        ...

    def disabled_of(self, people: Collection[str], *, now: dt.datetime) -> Sequence[str]:
        """Those of ``people`` who may not act."""
        ...

    def enabled_of(self, people: Collection[str], *, now: dt.datetime) -> frozenset[str]:
        """Those of ``people`` who have an account and may act."""
        ...


class Proven(Protocol):
    """Who signed in with a token, as the tokens feature gives it."""

    @property
    def person(self) -> str:
        """Whose certificate it is."""
        ...

    @property
    def certificate(self) -> str:
        """Its SHA-256, in hexadecimal."""
        ...


class Tokens(Protocol):
    """Sign-in with a token (``server.tokens``)."""

    def holder(self, data: TokenData) -> str | None:
        """Whose certificate that is, before anything is proved; None when it is nobody's."""
        ...

    def prove(self, data: TokenData, *, device: str, seat: str, meeting: str, now: dt.datetime) -> Proven:
        """Who signed the challenge; raises what is refused, nothing that may be tried again."""
        ...


class Place(Protocol):
    """A seat as the rooms feature gives it."""

    @property
    def room(self) -> str:
        """Its room's id."""
        ...

    @property
    def label(self) -> str:
        """What stands on it."""
        ...


class NamedRoom(Protocol):
    """A room as the rooms feature gives it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...


class Rooms(Protocol):
    """Looks rooms and seats up."""

    def room(self, room: str) -> NamedRoom:
        """By id; raises NoSuchRoom."""
        ...

    def seat(self, seat: str) -> Place:
        """By id; raises NoSuchSeat."""
        ...

    def seats(self, wanted: Collection[str]) -> Mapping[str, Place]:
        """Those of these seats that there are, by id."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seat's act: ``done`` or ``refused`` for good, with the error's code and data.

    ``replies``: messages that are sent in place of an acknowledgement, each around the head it is given.
    """

    outcome: str
    code: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    replies: tuple[Callable[[Head], Message], ...] = ()


#: In place of an outcome: the database was away, the seat tries again. Known by its identity.
TRY_AGAIN: Final = Outcome("again")


@dataclass(frozen=True, slots=True)
class Seated:
    """Who acts, where they have signed in, under which key (see ``SeatActs``)."""

    meeting: MeetingId
    person: str
    seat: str
    device: str
    key: ActKey
    now: dt.datetime


class SeatAct(Protocol):
    """One kind of act that another feature performs."""

    def __call__(self, data: Fields, seated: Seated) -> dict[str, Any]:
        """Perform it once and give its answer; reads all of ``data``. Raises what it refuses, or Unavailable."""
        ...


class ActHandler(Protocol):
    """Performs what people ask for at their seats."""

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act`` once; the same act id again gives the stored outcome. Returns only when it is committed;
        raises only when trying again may help (the database is away).
        """
        ...


class SentAct(NamedTuple):
    """An act as it came: of which device, at which seat."""

    act: Act
    device: str
    seat: str


class ActTogether(Protocol):
    """One kind of act of one meeting, performed for many people with one commit."""

    def __call__(self, meeting: MeetingId, acts: Sequence[tuple[Fields, Seated]]) -> Sequence[dict[str, Any] | None]:
        """The answer of each act that was performed, in the same order; None where it is left to be performed alone.

        All that are answered are committed, with their answers, or none is. Raises Unavailable.
        """
        ...


class GatheredHandler(Protocol):
    """Performs acts that wait at the same moment."""

    def takes(self, act: Act) -> bool:
        """Whether acts of this kind are performed together."""
        ...

    def perform_all(self, acts: Sequence[SentAct], *, now: dt.datetime) -> Sequence[Outcome | None]:
        """The outcome of each that was performed; None where it is left to be performed alone.

        ``TRY_AGAIN`` where the database was away for it; what others were given stands. Raises Unavailable when nothing
        was performed. Returns only when what it gives is committed.
        """
        ...


class MeetingRow(NamedTuple):
    """A meeting as lists show it."""

    id: MeetingId
    room: str
    room_name: str
    title: str
    type: str
    starts_at: dt.datetime
    planned_minutes: int
    phase: str
    seq: int
    #: the meeting that this one tries out (M5)
    rehearsal_of: str | None = None


class MeetingStore(Protocol):
    """Keeps the logs and a projection of each for lists."""

    def append(self, tx: Transaction, events: Sequence[Event], *, state: MeetingState) -> None:
        """Add events that lead to ``state``; raises :class:`LogMoved` when a number is taken."""
        ...

    def hold(self, tx: Transaction, meeting: MeetingId) -> bool:
        """Let nobody else append to the meeting's log until the transaction ends; whether there is such a meeting."""
        ...

    def events(self, tx: Transaction, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The events with numbers above ``after``, in order."""
        ...

    def event(self, tx: Transaction, meeting: MeetingId, seq: int) -> Event | None:
        """The event of that number, None when there is none."""
        ...

    def rows(
        self, tx: Transaction, *, person: str | None = None, room: str | None = None, phases: Collection[str] = ()
    ) -> list[MeetingRow]:
        """All meetings, or those of a member, a room or some phases, the newest start first."""
        ...

    def roles(self, tx: Transaction, person: str) -> dict[MeetingId, MemberRole]:
        """The person's role in each of their meetings."""
        ...


class LogMoved(Exception):
    """Somebody else has written the event of this number; read again and decide again."""
