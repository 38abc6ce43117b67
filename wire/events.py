"""The meeting's log: numbered, hash-chained events (M2).

Rules W40–W42. ``hash = SHA-256(domain || canonical(event without hash))``, where the domain is
``phonghop/v1/event`` and a zero byte; the event holds the hash of the one before (``prev``); the
first holds the hash of the meeting's id.
Server, seat and browser compute the same hash (tests/vectors/events.json).

Usage::

    event = Event.after(last, meeting=..., at=..., actor=..., kind=..., data=...)
    check_chain(events, after=last)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from wire import canonical
from wire.errors import BadField, BrokenChain
from wire.fields import Fields, print_instant
from wire.ids import MeetingId

_DOMAIN: Final = b"phonghop/v1/event\0"
_GENESIS: Final = b"phonghop/v1/genesis\0"
HASH_BYTES: Final = 32
#: The largest is an agenda or a list of members.
MAX_DATA_BYTES: Final = 4 * 2**20
_ACTOR: Final = re.compile(r"person:u-[a-z2-7]{16}|device:d-[a-z2-7]{16}|system", re.ASCII)
_KIND: Final = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)


def genesis(meeting: str) -> str:
    """The ``prev`` of a meeting's first event, in hexadecimal."""
    return hashlib.sha256(_GENESIS + meeting.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """One change. ``seq`` counts from 1; ``actor`` is ``person:u-…``, ``device:d-…`` or ``system``."""

    meeting: MeetingId
    seq: int
    at: dt.datetime
    actor: str
    kind: str
    data: dict[str, Any] = field(hash=False)
    prev: str
    #: SHA-256 over the canonical bytes, in hexadecimal: made once, as the chain asks for it often.
    hash: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # On the wire a moment has milliseconds: finer parts would make two sides fold two states.
        at = self.at.replace(microsecond=self.at.microsecond // 1000 * 1000)
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "hash", hashlib.sha256(_DOMAIN + canonical.encode(self._body())).hexdigest())

    @classmethod
    def after(
        cls,
        last: Event | None,
        *,
        meeting: MeetingId,
        at: dt.datetime,
        actor: str,
        kind: str,
        data: dict[str, Any],
    ) -> Event:
        """The event that follows ``last`` (None: the first of the meeting)."""
        return cls(
            meeting=meeting,
            seq=1 if last is None else last.seq + 1,
            at=at,
            actor=actor,
            kind=kind,
            data=data,
            prev=genesis(meeting) if last is None else last.hash,
        )

    def to_value(self) -> dict[str, Any]:
        """As JSON, with the hash."""
        return {**self._body(), "hash": self.hash}

    def _body(self) -> dict[str, Any]:
        return {
            "v": 1,
            "meeting": self.meeting,
            "seq": self.seq,
            "at": print_instant(self.at),
            "actor": self.actor,
            "kind": self.kind,
            "data": self.data,
            "prev": self.prev,
        }

    @classmethod
    def from_value(cls, value: Any) -> Event:
        """Read and check one event; raises :class:`BadField` or :class:`BrokenChain`."""
        fields = Fields(value, "event")
        fields.number("v", low=1, high=1)
        event = cls(
            meeting=MeetingId(fields.id("meeting", "m")),
            seq=fields.number("seq", low=1),
            at=fields.instant("at"),
            actor=_actor(fields),
            kind=_kind(fields),
            data=fields.free("data", limit_bytes=MAX_DATA_BYTES),
            prev=fields.hex("prev", size=HASH_BYTES),
        )
        stated = fields.hex("hash", size=HASH_BYTES)
        fields.end()
        if stated != event.hash:
            raise BrokenChain(f"event {event.seq} does not have the hash it states")
        return event


def _actor(fields: Fields) -> str:
    actor = fields.text("actor", limit=80)
    if _ACTOR.fullmatch(actor) is None:
        raise BadField("event.actor", "is none of person:u-…, device:d-…, system")
    return actor


def _kind(fields: Fields) -> str:
    kind = fields.text("kind", limit=40)
    if _KIND.fullmatch(kind) is None:
        raise BadField("event.kind", "is not a word of a-z and _")
    return kind


def check_chain(events: Iterable[Event], *, after: Event | None, meeting: str) -> None:
    """Raise :class:`BrokenChain` unless the events follow ``after`` without a gap (W41)."""
    seq = 0 if after is None else after.seq
    prev = genesis(meeting) if after is None else after.hash
    for event in events:
        if event.meeting != meeting:
            raise BrokenChain("an event of another meeting")
        if event.seq != seq + 1:
            raise BrokenChain(f"event {event.seq} where {seq + 1} was expected")
        if event.prev != prev:
            raise BrokenChain(f"event {event.seq} does not hold the hash of the one before")
        seq, prev = event.seq, event.hash
