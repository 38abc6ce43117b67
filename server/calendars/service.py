"""Use cases of calendars: an address of one's own, what it gives, and the file of one meeting.

Rules: an address is 32 random bytes, shown once and kept as a hash; making a new one takes back the old. It gives the
meetings one is a member of, with the rights of this moment: none when the account is disabled. That one was made or
taken back is in the record; what it was is not.

Usage::

    token = calendars.make(actor, titles=True, now=now)
    calendars.read(token, now=now, base="https://…/")
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from server.calendars.errors import NoSuchCalendar
from server.calendars.model import Entry, within
from server.calendars.ports import Address, AddressStore, Meetings, People
from server.calendars.writing import written
from server.identity.model import Actor
from server.journal import Journal
from server.meetings.errors import NoSuchMeeting
from server.meetings.ports import MeetingRow
from server.unit import UnitOfWork
from wire.ids import MeetingId
from wire.phases import Phase
from wire.secret import Secret

TOKEN_BYTES: Final = 32
MADE: Final = "calendar_address_made"
TAKEN_BACK: Final = "calendar_address_taken_back"
_NAME: Final = "Lịch họp"


class CalendarService:
    """All calendars. ``random`` gives that many random bytes."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: AddressStore,
        *,
        people: People,
        meetings: Meetings,
        journal: Journal,
        random: Callable[[int], bytes],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._people: Final = people
        self._meetings: Final = meetings
        self._journal: Final = journal
        self._random: Final = random

    def of(self, person: str) -> Address | None:
        """The person's address, without what it is."""
        with self._unit.read() as tx:
            return self._store.of(tx, person)

    def make(self, actor: Actor, *, titles: bool, now: dt.datetime) -> Secret:
        """A new address in place of the old one; shown once."""
        token = Secret(base64.urlsafe_b64encode(self._random(TOKEN_BYTES)).rstrip(b"="))
        address = Address(actor.person_id, titles, now)
        with self._unit.begin() as tx:
            self._store.put(tx, _digest(token), address)
            self._journal.record(tx, MADE, {"person": actor.person_id, "titles": titles}, actor=actor.label, now=now)
        return token

    def take_back(self, actor: Actor, *, now: dt.datetime) -> None:
        """One's own address gives nothing any more; again is fine."""
        self.end(actor.person_id, by=actor, now=now)

    def end(self, person: str, *, by: Actor, now: dt.datetime) -> None:
        """Somebody's address gives nothing any more; again is fine."""
        with self._unit.begin() as tx:
            if self._store.drop(tx, person):
                self._journal.record(tx, TAKEN_BACK, {"person": person}, actor=by.label, now=now)

    def read(self, token: Secret, *, now: dt.datetime, base: str) -> bytes:
        """The calendar of whoever made the address; raises NoSuchCalendar."""
        with self._unit.read() as tx:
            address = self._store.find(tx, _digest(token))
        if address is None or not self._people.enabled_of([address.person], now=now):
            raise NoSuchCalendar
        rows = self._meetings.meetings_of(Actor(address.person))
        entries = [_entry(row) for row, role in rows if role is not None and row.rehearsal_of is None]
        shown = [self._ended(entry) for entry in entries if within(entry.starts_at, now)]
        return written(shown, name=_NAME, titles=address.titles, now=now, base=base)

    def _ended(self, entry: Entry) -> Entry:
        if entry.phase not in {Phase.CLOSED, Phase.LOCKED}:
            return entry
        return replace(entry, closed_at=self._meetings.state(entry.meeting).closed_at)

    def one(self, meeting: MeetingId, actor: Actor, *, now: dt.datetime, base: str) -> bytes:
        """The file of one meeting; raises NoSuchMeeting, NotAllowed."""
        state = self._meetings.see(meeting, actor)
        if state.starts_at is None:
            raise NoSuchMeeting(meeting=meeting)
        entry = Entry(
            meeting,
            state.title,
            state.kind,
            state.room_name,
            state.starts_at,
            state.planned_minutes,
            state.phase,
            state.seq,
            state.closed_at,
        )
        return written([entry], name=_NAME, titles=True, now=now, base=base)


def _entry(row: MeetingRow) -> Entry:
    return Entry(
        row.id,
        row.title,
        row.type,
        row.room_name,
        row.starts_at,
        row.planned_minutes,
        Phase(row.phase),
        row.seq,
    )


def _digest(token: Secret) -> str:
    return hashlib.sha256(token.reveal()).hexdigest()
