"""Use cases of types and templates: keep, put away; make drafts of them, of an earlier meeting, one or a series.

Rules O1–O7: what is kept is an administrative act, in the record. Each meeting of a series is a commit of its own, with
an act of its own that follows from the caller's: asked again, those that are there are answered and the others made.
Who has left, and seats of another room, are left out and named.

Usage::

    outlines.keep(Kind.TYPE, "Giao ban", content, asked=asked)
    outlines.make(source, batch, asked=asked)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.letters.days import day_of
from server.meetings.model import must_be_real
from server.meetings.overlap import taking
from server.meetings.service import Asked, NewItem, NewMeeting, Placed
from server.outlines import model, series
from server.outlines.errors import OutlineChanged, OutlinesFull, OutlineTaken, OutlineUnknown, SeriesDayUnfit
from server.outlines.model import MOST, Content, Kind, Outline, folded, tidy
from server.outlines.ports import Calendar, Meetings, OutlineStore, People
from server.outlines.series import Move, Rule
from server.unit import Transaction, UnitOfWork
from wire import ids
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.phases import LIVE, PREPARING
from wire.series import Series
from wire.state import RollRules

KEPT: Final = "outline_kept"
RETIRED: Final = "outline_retired"


@dataclass(frozen=True, slots=True)
class Source:
    """One of them, or none: an empty draft. ``members``, ``agenda``, ``seats``: what of it is taken."""

    outline: str = ""
    meeting: str = ""
    members: bool = True
    agenda: bool = True
    seats: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """What the drafts say of themselves, and when each begins."""

    title: str
    type: str
    room: str
    minutes: int
    starts: tuple[dt.datetime, ...]
    roll: RollRules | None = None


@dataclass(frozen=True, slots=True)
class Counting:
    """A series as somebody thinks of it: from ``first``, at that time of day, in a room."""

    rule: Rule
    first: dt.datetime
    every: int
    count: int
    move: Move
    room: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with."""

    unit: UnitOfWork
    store: OutlineStore
    ledger: ActLedger
    journal: Journal
    meetings: Meetings
    people: People
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class OutlineService:
    """All types and templates."""

    tools: Tools

    # Keeping

    def all(self) -> Sequence[Outline]:
        """Those that can be used, by name."""
        with self.tools.unit.read() as tx:
            return self.tools.store.all(tx)

    def one(self, outline: str) -> Outline:
        """One that can be used; raises OutlineUnknown."""
        with self.tools.unit.read() as tx:
            return self._find(tx, outline)

    def keep(self, kind: Kind, name: str, content: Content, *, asked: Asked) -> dict[str, Any]:
        """A new one; gives ``{outline}``. Raises OutlineTaken, OutlinesFull, ActReused."""
        tidied = tidy(name)
        key = ActKey(asked.act, asked.actor.label, KEPT, {"kind": kind, "name": tidied, "content": content.to_value()})
        with self.tools.unit.begin() as tx:

            def add() -> dict[str, Any]:
                if sum(each.kind is kind for each in self.tools.store.all(tx)) >= MOST:
                    raise OutlinesFull(most=MOST)
                self._must_be_free(tx, kind, tidied)
                fresh = Outline(_derived("y", asked.act), kind, tidied, content, asked.actor.label, asked.now)
                self.tools.store.add(tx, fresh)
                self._note(tx, KEPT, fresh, asked=asked)
                return {"outline": fresh.id}

            return once(self.tools.ledger, tx, key, now=asked.now, do=add)

    def keep_meeting(self, meeting: MeetingId, name: str, *, asked: Asked) -> dict[str, Any]:
        """What was planned of a meeting as a template; raises NoSuchMeeting, RehearsalUnsigned, OutlineTaken."""
        state = self.tools.meetings.see(meeting, asked.actor)
        must_be_real(state)
        content = model.taken(state)
        return self.keep(
            Kind.TEMPLATE, name, replace(content, minutes=min(max(content.minutes, 5), 1_440)), asked=asked
        )

    def change(
        self, kind: Kind, outline: str, name: str, *, content: Content, revision: int, asked: Asked
    ) -> dict[str, Any]:
        """Another name or content; gives ``{revision}``. Raises OutlineUnknown, OutlineChanged, OutlineTaken."""
        tidied = tidy(name)
        said = {"outline": outline, "name": tidied, "revision": revision, "content": content.to_value()}

        def write(tx: Transaction, before: Outline) -> Outline:
            if before.revision != revision:
                raise OutlineChanged(revision=before.revision, outline=shown(before))
            if folded(before.name) != folded(tidied):
                self._must_be_free(tx, kind, tidied)
            return replace(before, name=tidied, content=content)

        return self._write(kind, outline, KEPT, said=said, write=write, asked=asked)

    def retire(self, kind: Kind, outline: str, *, asked: Asked) -> dict[str, Any]:
        """Nothing is made of it any more; gives ``{revision}``. Raises OutlineUnknown."""
        return self._write(
            kind,
            outline,
            RETIRED,
            said={"outline": outline},
            write=lambda _tx, before: replace(before, retired=True),
            asked=asked,
        )

    # Making

    def counted(self, counting: Counting) -> list[dict[str, Any]]:
        """The days of a series with what stands against each: closed offices, the same day twice, the room taken."""
        first = day_of(counting.first)
        if first is None:
            raise SeriesDayUnfit
        days = series.planned(counting.rule, first=first, every=counting.every, count=counting.count)
        if days[-1].year > _LAST_YEAR:
            raise SeriesDayUnfit
        found = series.moved(days, self.tools.calendar.is_worked, counting.move)
        rows = self.tools.meetings.among(PREPARING | LIVE)
        told = []
        for each in found:
            begins = counting.first + (each.day - first)
            others = taking(rows, counting.room, begins, minutes=counting.minutes)
            # The newest start is named, as the list of meetings has it.
            other = others[-1].title if others else ""
            told.append({**each.to_value(), "starts_at": print_instant(begins), "taken_by": other})
        return told

    def make(self, source: Source, batch: Batch, *, asked: Asked) -> dict[str, Any]:
        """The drafts; gives ``{meetings: [{id, starts_at}], series, left_out: [{name, why: gone|seat}]}``.

        Raises OutlineUnknown, NoSuchMeeting, NotAllowed, SeriesDayUnfit and what a new meeting refuses.
        """
        if not batch.starts or len(set(batch.starts)) != len(batch.starts):
            raise SeriesDayUnfit
        content = self._content(source, asked)
        placed, left_out = self._placed(source, content, batch, asked)
        steps = content.steps if source.agenda else ()
        kept = {each.person for each in placed}
        many = len(batch.starts)
        name = _derived("e", asked.act)
        made = []
        for number, begins in enumerate(sorted(batch.starts), 1):
            act = asked.act if many == 1 else _derived("a", asked.act, number)
            new = NewMeeting(batch.title, batch.type, batch.room, begins, batch.minutes, batch.roll)
            told = Series(name, number, many) if many > 1 else None
            done = self.tools.meetings.create_whole(
                new, placed, _items(steps, kept, act), series=told, asked=replace(asked, act=act)
            )
            made.append({"id": done["id"], "starts_at": print_instant(begins)})
        return {"meetings": made, "series": name if many > 1 else None, "left_out": left_out}

    # Parts

    def _content(self, source: Source, asked: Asked) -> Content:
        if source.outline:
            return self.one(source.outline).content
        if source.meeting:
            state = self.tools.meetings.see(MeetingId(source.meeting), asked.actor)
            must_be_real(state)
            return model.taken(state)
        return Content(type="", minutes=0)

    def _placed(
        self, source: Source, content: Content, batch: Batch, asked: Asked
    ) -> tuple[list[Placed], list[dict[str, str]]]:
        """Those who can still act, at their seats when it is the same room; and who or what had to be left out."""
        people = content.people if source.members else ()
        enabled = self.tools.people.enabled_of([each.person for each in people], now=asked.now)
        left_out = [{"name": each.name, "why": "gone"} for each in people if each.person not in enabled]
        same_room = source.seats and batch.room == content.room
        if source.seats and not same_room:
            left_out += [{"name": each.name, "why": "seat"} for each in people if each.person in enabled and each.seat]
        placed = [
            Placed(each.person, each.role, (each.seat or None) if same_room else None)
            for each in people
            if each.person in enabled
        ]
        return placed, left_out

    def _write(
        self, kind: Kind, outline: str, act: str, *, said: dict[str, Any], write: Any, asked: Asked
    ) -> dict[str, Any]:
        key = ActKey(asked.act, asked.actor.label, act, said)
        with self.tools.unit.begin() as tx:

            def do() -> dict[str, Any]:
                before = self._find(tx, outline)
                if before.kind is not kind:
                    raise OutlineUnknown
                after: Outline = replace(
                    write(tx, before), revision=before.revision + 1, by=asked.actor.label, changed_at=asked.now
                )
                if not self.tools.store.save(tx, after, before=before):
                    raise OutlineChanged(revision=before.revision + 1, outline=shown(before))
                self._note(tx, act, after, asked=asked)
                return {"revision": after.revision}

            return once(self.tools.ledger, tx, key, now=asked.now, do=do)

    def _find(self, tx: Transaction, outline: str) -> Outline:
        found = self.tools.store.find(tx, outline)
        if found is None or found.retired:
            raise OutlineUnknown
        return found

    def _must_be_free(self, tx: Transaction, kind: Kind, name: str) -> None:
        if self.tools.store.named(tx, kind, name) is not None:
            raise OutlineTaken(name=name)

    def _note(self, tx: Transaction, act: str, outline: Outline, *, asked: Asked) -> None:
        told = {"outline": outline.id, "outline_kind": outline.kind.value, "outline_name": outline.name}
        self.tools.journal.record(
            tx, act, {**told, "revision": outline.revision}, actor=asked.actor.label, now=asked.now
        )


#: Working days are counted until then.
_LAST_YEAR: Final = 2098


def shown(outline: Outline) -> dict[str, Any]:
    """As the consoles read it."""
    return {
        "outline": outline.id,
        "kind": outline.kind.value,
        "name": outline.name,
        "revision": outline.revision,
        "changed_at": print_instant(outline.changed_at),
        "content": outline.content.to_value(),
    }


def _items(steps: Sequence[model.Step], kept: set[str], act: str) -> list[NewItem]:
    """The agenda with ids that follow from the act: asked again, it is the same agenda."""
    names = [_derived("i", act, number) for number in range(len(steps))]
    above = model.parents(steps, names)
    return [
        NewItem(
            item=name,
            parent=parent,
            title=step.title,
            minutes=step.minutes,
            visibility=step.visibility,
            presenter=step.presenter if step.presenter in kept else None,
        )
        for name, parent, step in zip(names, above, steps, strict=True)
    ]


def _derived(prefix: str, act: str, number: int = 0) -> str:
    """An id that follows from an act: the same for the same act."""
    return ids.new(prefix, hashlib.sha256(f"{act}/{prefix}/{number}".encode()).digest()[: ids.RANDOM_BYTES])
