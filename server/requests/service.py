"""Use cases of requests for papers: ask, change, withdraw, remind, hand in, and what is shown of them.

Rules W137–W140: each change is an event of its meeting. What is late by the calendar of working days is said, and stops
nobody; whoever was asked reads and hands in for their request alone, member or not.

Usage::

    requests.ask(meeting, [Wanted(...)], asked=asked)
    requests.mine(actor, now=now)
    requests.remind_due(now=now)          # a chore
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from server.errors import ServerError
from server.idempotency.service import ActKey
from server.identity.model import Actor, Role
from server.letters.days import day_of
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, Log, may
from server.meetings.ports import MeetingRow
from server.requests import model, views
from server.requests.errors import RequestUnknown
from server.requests.model import Asking, Whom, Wording
from server.requests.ports import Calendar, Meetings, People, Units
from wire import ids
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.paper_requests import PaperRequest
from wire.places import is_recused
from wire.request_fold import request_of, takes_new
from wire.state import MeetingState

_LOG: Final = logging.getLogger("requests")
#: Meetings whose requests are remembered by the number of their log.
_REMEMBERED: Final = 4_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime

    @property
    def by(self) -> By:
        """As the rules see the actor."""
        return By(self.actor.person_id, is_secretary=self.actor.has(Role.SECRETARY))

    @property
    def today(self) -> dt.date:
        """In Viet Nam."""
        return model.day_in_house(self.now)

    def key(self, kind: str, content: Any) -> ActKey:
        """The act."""
        return ActKey(self.act, self.actor.label, kind, content)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper as somebody asks for it: of a person or a unit, for an item, until a day."""

    item: str
    person: str
    unit: str
    what: str
    until: dt.date


@dataclass(slots=True)
class RequestService:
    """The requests of all meetings."""

    meetings: Meetings
    people: People
    units: Units
    calendar: Calendar
    random: Callable[[int], bytes]
    #: meeting → number of its log, and whether it has requests: most have none, and need not be looked into
    _seen: dict[str, tuple[int, bool]] = field(default_factory=dict)

    # Asking

    def ask(self, meeting: MeetingId, wanted: Sequence[Wanted], *, asked: Asked) -> dict[str, Any]:
        """Ask for papers; gives ``{seq, requests}``. Raises NoSuchPerson, AccountDisabled and what the rules refuse."""
        fresh = [ids.new("w", self.random(ids.RANDOM_BYTES)) for _ in wanted]

        def decide(log: Log) -> Sequence[Draft]:
            asking = [
                Asking(request, each.item, self._whom(each.person, each.unit, now=asked.now), each.what, each.until)
                for request, each in zip(fresh, wanted, strict=True)
            ]
            return model.ask(log.state, asking, asked.by, today=asked.today)

        content = {"meeting": meeting, "wanted": [{**asdict(each), "until": each.until.isoformat()} for each in wanted]}
        return self.meetings.change(
            meeting,
            actor=asked.actor.label,
            now=asked.now,
            decide=decide,
            key=asked.key("ask_papers", content),
            also=lambda _tx, _state: {"requests": fresh},
        )

    def change(
        self, meeting: MeetingId, request: str, wanted: Wanted, *, revision: int, asked: Asked
    ) -> dict[str, Any]:
        """Another wording, person or day; gives ``{seq}``. Raises RequestChanged, RequestOver."""

        def decide(log: Log) -> Sequence[Draft]:
            known = request_of(log.state, request)
            same = known is not None and (known.person, known.unit) == (wanted.person, wanted.unit)
            # Whoever was asked and has left since may still be given another day.
            whom = (
                Whom(known.name, known.person, known.unit)
                if known is not None and same
                else self._whom(wanted.person, wanted.unit, now=asked.now)
            )
            wording = Wording(whom, wanted.what, wanted.until, revision)
            return model.change(log.state, request, wording, asked.by, today=asked.today)

        content = {**asdict(wanted), "until": wanted.until.isoformat(), "revision": revision, "request": request}
        return self._change(meeting, decide, asked.key("change_request", {"meeting": meeting, **content}), asked)

    def withdraw(self, meeting: MeetingId, request: str, reason: str, *, asked: Asked) -> dict[str, Any]:
        """Nobody waits for it any more; gives ``{seq}``."""
        key = asked.key("withdraw_request", {"meeting": meeting, "request": request, "reason": reason})
        return self._change(meeting, lambda log: model.withdraw(log.state, request, reason, asked.by), key, asked)

    def send_back(self, meeting: MeetingId, request: str, reason: str, *, asked: Asked) -> dict[str, Any]:
        """Return what was handed in, with the reason; gives ``{seq}``."""
        key = asked.key("return_request", {"meeting": meeting, "request": request, "reason": reason})
        return self._change(meeting, lambda log: model.send_back(log.state, request, reason, asked.by), key, asked)

    def remind(self, meeting: MeetingId, requests: Collection[str], *, asked: Asked) -> dict[str, Any]:
        """Remind of some, or of all that are waited for; gives ``{seq}``."""
        key = asked.key("remind_requests", {"meeting": meeting, "requests": sorted(requests)})
        return self._change(meeting, lambda log: model.remind(log.state, requests, asked.by), key, asked)

    def remind_due(self, *, now: dt.datetime) -> None:
        """The reminders of today that nobody has to think of."""
        today = model.day_in_house(now)

        def decide(log: Log) -> Sequence[Draft]:
            return model.due(log.state, today=today, before=lambda day: self.calendar.before(day, 1))

        for row, state in self._with_requests():
            if not model.due(state, today=today, before=lambda day: self.calendar.before(day, 1)):
                continue
            try:
                self.meetings.change(row.id, actor="system", now=now, decide=decide)
            except ServerError:
                # One meeting that cannot be written now keeps no other from its reminders.
                _LOG.warning("%s: reminders wait", row.id, exc_info=True)

    # Handing in

    def theirs(self, meeting: MeetingId, request: str, asked: Asked) -> tuple[PaperRequest, bool]:
        """The request, however it stands, and whether a first version is handed in for it.

        Raises RequestUnknown for whoever has nothing to do with it.
        """
        state, person = self.meetings.state(meeting), asked.actor.person_id
        prepares = model.prepares(state, asked.by)
        units = self._units(person, now=asked.now)
        known = model.must_be_theirs(state, request, person=person, units=units, prepares=prepares)
        return known, takes_new(state, known)

    def must_be_asked(self, state: MeetingState, request: str, asked: Asked) -> PaperRequest:
        """Raise RequestUnknown, RequestOver or PhaseNotAllowed unless the actor may hand something in for it now."""
        person = asked.actor.person_id
        prepares = model.prepares(state, asked.by)
        units = self._units(person, now=asked.now)
        return model.must_be_asked(state, request, person=person, units=units, prepares=prepares)

    # Reading

    def board(self, meeting: MeetingId, actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
        """All requests of a meeting with counts and its calendar; raises NotAllowed."""
        state, today = self.meetings.see(meeting, actor), model.day_in_house(now)
        by = By(actor.person_id, is_secretary=actor.has(Role.SECRETARY))
        lines = [views.line(state, each, today=today) for each in state.requests]
        day = day_of(state.starts_at)
        papers = None if day is None else self.calendar.deadlines(day, closed=None).papers
        return {
            "requests": lines,
            "counts": views.counts(lines),
            "today": today.isoformat(),
            "papers_until": None if papers is None else papers.isoformat(),
            "last_day": None if day is None else max(day, today).isoformat(),
            "may": model.prepares(state, by) and state.phase in model.TAKING and state.rehearsal is None,
            "decides": may(state, LEADERS, by),
        }

    def mine(self, actor: Actor, *, now: dt.datetime) -> list[dict[str, Any]]:
        """What a person was asked for and may still hand in, and what of it was approved; the most urgent first."""
        person, today = actor.person_id, model.day_in_house(now)
        units = self._units(person, now=now)
        found = []
        for row, state in self._with_requests():
            for each in state.requests:
                gone = each.withdrawn or state.item(each.item) is None or is_recused(state, person, each.item)
                if gone or not model.is_asked(each, person, units):
                    continue
                about = {
                    "meeting": row.id,
                    "title": state.title,
                    "starts_at": print_instant(row.starts_at),
                    "room_name": row.room_name,
                    "phase": row.phase,
                }
                found.append({**about, **views.line(state, each, today=today)})
        order = {"returned": 0, "asked": 0, "submitted": 1, "approved": 2}
        return sorted(found, key=lambda one: (order[one["standing"]], one["until"], one["what"]))

    def own(self, meeting: MeetingId, request: str, actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
        """One of them; raises RequestUnknown."""
        found = next((one for one in self.mine(actor, now=now) if one["request"] == request), None)
        if found is None or found["meeting"] != meeting:
            raise RequestUnknown
        return found

    # Parts

    def _with_requests(self) -> list[tuple[MeetingRow, MeetingState]]:
        """The meetings that take papers and have requests; of the others only the number of their log is looked at."""
        found = []
        for row in self.meetings.among(model.TAKING):
            known = self._seen.get(row.id)
            if known is not None and known == (row.seq, False):
                continue
            state = self.meetings.state(row.id)
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[row.id] = (state.seq, bool(state.requests))
            if state.requests:
                found.append((row, state))
        return found

    def _units(self, person: str, *, now: dt.datetime) -> frozenset[str]:
        return self.units.answered_by(person, now=now)

    def _whom(self, person: str, unit: str, *, now: dt.datetime) -> Whom:
        """With the name of today; raises NoSuchPerson, AccountDisabled, NoSuchUnit."""
        if unit:
            return Whom(self.units.name(unit), unit=unit)
        self.people.check_enabled(person, now=now)
        return Whom(self.people.person(person).name, person=person)

    def _change(
        self, meeting: MeetingId, decide: Callable[[Log], Sequence[Draft]], key: ActKey, asked: Asked
    ) -> dict[str, Any]:
        return self.meetings.change(meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key)
