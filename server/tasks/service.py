"""Use cases of tasks: give, write anew, move on.

Rules TK1–TK6: who may do what is decided with the rights of this moment, before the row is held; the table of
``model.py`` decides when. Every act is a line of the task's history and, with the same commit, an entry of the
administrators' log with the hash of that line: what was promised and reported cannot be written anew in silence.

Usage::

    tasks.give(giving, meeting="m-…", item="i-…", asked=asked)
    tasks.act("t-…", Said(Move.PROGRESS, "Đã họp liên ngành", percent=40), asked=asked)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from server.attendance.table import HOUSE
from server.errors import NotAllowed
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.model import Role
from server.journal import Journal
from server.meetings.errors import NoSuchItem, NoSuchMeeting
from server.meetings.model import must_be_real
from server.papers.submission import Asked
from server.tasks import model
from server.tasks.errors import (
    NotTheirTask,
    TaskChanged,
    TaskDayWrong,
    TaskExtensionWaits,
    TaskFull,
    TaskMeetingCancelled,
    TaskNamedWrong,
    TaskNoExtension,
    TaskPartyWrong,
    TaskTwice,
    TaskUnknown,
)
from server.tasks.model import Extension, Giving, Line, Move, Stage, Task
from server.tasks.ports import Calendar, Meetings, People, TaskStore, Units
from server.tasks.rights import Asker, House, sides
from server.unit import Transaction, UnitOfWork
from wire import ids
from wire.ids import MeetingId
from wire.phases import Phase
from wire.places import is_recused
from wire.state import MeetingState, MemberRole
from wire.visibility import sees

GIVEN: Final = "task_given"
MOVED: Final = "task_moved"
LEADING: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY})


@dataclass(frozen=True, slots=True)
class Tools:
    """What the use cases work with."""

    unit: UnitOfWork
    store: TaskStore
    ledger: ActLedger
    journal: Journal
    meetings: Meetings
    people: People
    units: Units
    calendar: Calendar
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody does with a task. ``number``: of the line it is about; ``answers``: whom a head names."""

    move: Move
    text: str = ""
    percent: int | None = None
    until: dt.date | None = None
    number: int = 0
    answers: str | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON, for the act."""
        until = None if self.until is None else self.until.isoformat()
        return {"text": self.text, "percent": self.percent, "until": until, "n": self.number, "who": self.answers}


@dataclass(frozen=True, slots=True)
class Barred:
    """Meetings with items that ``person`` has to leave or, as a member, may not know of; looked up when it is asked."""

    meetings: Meetings
    person: str

    def __contains__(self, place: object) -> bool:
        """Of a meeting and an item; of a meeting that is not there nobody can say who had to leave what."""
        if not isinstance(place, tuple):
            return False
        meeting, item = place
        try:
            state = self.meetings.state(MeetingId(meeting))
        except NoSuchMeeting:
            return True
        is_member = state.member(self.person) is not None
        return is_recused(state, self.person, item) or (is_member and not sees(state, self.person, item))


@dataclass(frozen=True, slots=True)
class TaskService:
    """All tasks."""

    tools: Tools

    # Who asks

    def house(self, now: dt.datetime) -> House:
        """Units and people of this moment."""
        people = self.tools.people.people()
        active = self.tools.people.enabled_of([each.id for each in people], now=now)
        return House(
            self.tools.units.tree(),
            {each.id: each.name for each in people},
            {each.id: each.unit_id for each in people},
            active,
        )

    def asker(self, asked: Asked) -> Asker:
        """What whoever asks is to meetings."""
        actor = asked.actor
        roles = {str(row.id): role for row, role in self.tools.meetings.meetings_of(actor) if role is not None}
        led = [meeting for meeting, role in roles.items() if role in LEADING]
        with self.tools.unit.read() as tx:
            rows = self.tools.store.taken(tx, led)
        # An item that left the agenda takes the right to read with it.
        taken = frozenset(task for meeting, item, task in rows if self._stands(meeting, item))
        barred = Barred(self.tools.meetings, actor.person_id)
        return Asker(actor.person_id, roles, prepares=actor.has(Role.SECRETARY), taken=taken, barred=barred)

    # Giving

    def give(self, giving: Giving, *, meeting: str | None, item: str | None, asked: Asked) -> dict[str, Any]:
        """A new task; gives ``{task}``.

        Raises TaskDayWrong, TaskPartyWrong, TaskTwice, TaskMeetingCancelled, NoSuchMeeting, NoSuchItem,
        NotOfRehearsals.
        """
        content = {**giving.to_value(), "meeting": meeting, "item": item}
        key = ActKey(asked.act, asked.actor.label, GIVEN, content)
        self._check_place(meeting, item)
        house = self.house(asked.now)
        with self.tools.unit.begin() as tx:

            def add() -> dict[str, Any]:
                _check(giving, house=house, today=day_of(asked.now))
                fresh = Task(
                    ids.new("t", self.tools.random(ids.RANDOM_BYTES)),
                    giving,
                    asked.actor.person_id,
                    asked.now,
                    meeting=meeting,
                    item=item,
                )
                self.tools.store.add(tx, fresh)
                self.write(tx, fresh, Move.GIVE, asked=asked, more=giving.to_value())
                return {"task": fresh.id}

            return once(self.tools.ledger, tx, key, now=asked.now, do=add)

    def edit(self, task: str, giving: Giving, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Give it anew; gives ``{revision}``. Raises TaskChanged, TaskStageWrong and what :meth:`give` does."""

        def edit(tx: Transaction, before: Task, house: House) -> dict[str, Any]:
            if before.revision != revision:
                raise TaskChanged(revision=before.revision, task=before.giving.to_value())
            if before.giving == giving:
                return {"revision": revision}
            # A deadline that is over stays until somebody writes another one.
            today = day_of(asked.now) if giving.due != before.giving.due else giving.due
            _check(giving, house=house, today=today, known=before.giving)
            same_lead = giving.lead == before.giving.lead
            moved = giving.due != before.giving.due
            after = replace(
                before,
                giving=giving,
                revision=revision + 1,
                stage=before.stage if same_lead else Stage.GIVEN,
                percent=before.percent if same_lead else 0,
                answers=before.answers if same_lead else None,
                extension=before.extension if same_lead and not moved else None,
            )
            self.write(tx, after, Move.EDIT, asked=asked, more=giving.to_value())
            return {"revision": after.revision}

        content = {"revision": revision, **giving.to_value()}
        return self.change(task, Move.EDIT, content, asked=asked, do=edit)

    # Moving on

    def act(self, task: str, said: Said, *, asked: Asked) -> dict[str, Any]:
        """Any other move; gives ``{stage}``.

        Raises TaskUnknown, NotTheirTask, TaskStageWrong, TaskChanged, TaskDayWrong, TaskExtensionWaits,
        TaskNoExtension, TaskNamedWrong, TaskFull.
        """

        def act(tx: Transaction, before: Task, house: House) -> dict[str, Any]:
            moved = replace(before, stage=model.move(before.stage, said.move))
            after, more = _after(moved, said, house=house, today=day_of(asked.now))
            self.write(tx, after, said.move, asked=asked, text=said.text, more=more)
            return {"stage": after.stage.value}

        return self.change(task, said.move, said.to_value(), asked=asked, do=act)

    # Parts

    def change(
        self,
        task: str,
        wanted: Move,
        content: dict[str, Any],
        *,
        asked: Asked,
        do: Callable[[Transaction, Task, House], dict[str, Any]],
    ) -> dict[str, Any]:
        """Perform an act with the task held; raises TaskUnknown, NotTheirTask, TaskStageWrong, ActReused."""
        seen, house = self.must_be_let(task, wanted, asked=asked)
        key = ActKey(asked.act, asked.actor.label, f"task_{wanted.value}", {"task": task, **content})
        with self.tools.unit.begin() as tx:

            def perform() -> dict[str, Any]:
                held = self.tools.store.hold(tx, task)
                if held is None:
                    raise TaskUnknown
                if held.giving.lead != seen.giving.lead or held.answers != seen.answers:
                    # The right was judged by another task than this one.
                    raise TaskChanged(revision=held.revision, task=held.giving.to_value())
                model.move(held.stage, wanted)
                if held.entries >= model.MAX_ENTRIES:
                    raise TaskFull(most=model.MAX_ENTRIES)
                return do(tx, held, house)

            return once(self.tools.ledger, tx, key, now=asked.now, do=perform)

    def must_be_let(self, task: str, wanted: Move, *, asked: Asked) -> tuple[Task, House]:
        """The task as it was judged, and the house; raises TaskUnknown, NotTheirTask."""
        seen, house = self.find(task), self.house(asked.now)
        found = sides(seen, self.asker(asked), house)
        if not found:
            raise TaskUnknown
        if not model.may(wanted, found):
            raise NotTheirTask
        return seen, house

    def find(self, task: str) -> Task:
        """By id, whoever asks; raises TaskUnknown."""
        with self.tools.unit.read() as tx:
            found = self.tools.store.find(tx, task)
        if found is None:
            raise TaskUnknown
        return found

    def write(
        self, tx: Transaction, after: Task, move: Move, *, asked: Asked, text: str = "", more: dict[str, Any]
    ) -> Line:
        """The task as it is now, the line that says so, and the entry that holds the line."""
        actor = asked.actor
        line = Line(after.entries + 1, asked.now, actor.person_id, actor.name, move, text, more)
        self.tools.store.save(tx, replace(after, entries=line.number, changed_at=asked.now))
        self.tools.store.write(tx, after.id, line)
        said = json.dumps([move.value, text, more], ensure_ascii=False, sort_keys=True).encode()
        told = {"task": after.id, "number": line.number, "move": move.value}
        told["sha256"] = hashlib.sha256(said).hexdigest()
        if after.meeting is not None:
            told["meeting"] = after.meeting
        self.tools.journal.record(tx, GIVEN if move is Move.GIVE else MOVED, told, actor=actor.label, now=asked.now)
        return line

    def _stands(self, meeting: str, item: str) -> bool:
        return self.tools.meetings.state(MeetingId(meeting)).item(item) is not None

    def _check_place(self, meeting: str | None, item: str | None) -> None:
        if meeting is None:
            return
        state: MeetingState = self.tools.meetings.state(MeetingId(meeting))
        must_be_real(state)
        if state.phase is Phase.CANCELLED:
            raise TaskMeetingCancelled
        if item is not None and state.item(item) is None:
            raise NoSuchItem(item=item)


def _check(giving: Giving, *, house: House, today: dt.date, known: Giving | None = None) -> None:
    """Raises TaskDayWrong, TaskTwice, TaskPartyWrong; who takes part in it already may go on."""
    if giving.due < today:
        raise TaskDayWrong
    everybody = [giving.lead, *giving.helpers]
    if len(set(everybody)) != len(everybody):
        raise TaskTwice
    there = {known.lead, *known.helpers} if known is not None else set()
    for each in everybody:
        if each not in there and not house.can_answer(each):
            raise TaskPartyWrong(name=house.name(each))


def _after(task: Task, said: Said, *, house: House, today: dt.date) -> tuple[Task, dict[str, Any]]:
    """The task after a move that its table allows, and what the line says besides."""
    number = task.entries + 1
    match said.move:
        case Move.PROGRESS:
            percent = task.percent if said.percent is None else said.percent
            return replace(task, percent=percent), {"percent": percent}
        case Move.REPORT:
            done = replace(task, percent=model.ALL, report=number, reported_on=today)
            return done, {"was": task.percent}
        case Move.CONFIRM | Move.RETURN:
            if said.number != task.report:
                raise TaskChanged(revision=task.revision, task=task.giving.to_value())
            return task, {"report": task.report}
        case Move.ASK:
            return _asked_for(task, said, number=number, today=today)
        case Move.EXTEND | Move.REFUSE:
            return _decided(task, said)
        case Move.NAME:
            if said.answers is not None and not house.is_nameable(said.answers, task.giving.lead):
                raise TaskNamedWrong(name=house.names.get(said.answers, ""))
            return replace(task, answers=said.answers), {"who": said.answers}
        case _:
            return task, {}


def _asked_for(task: Task, said: Said, *, number: int, today: dt.date) -> tuple[Task, dict[str, Any]]:
    if task.extension is not None:
        raise TaskExtensionWaits
    if said.until is None or said.until <= task.giving.due or said.until < today:
        raise TaskDayWrong
    return replace(task, extension=Extension(number, said.until)), {"until": said.until.isoformat()}


def _decided(task: Task, said: Said) -> tuple[Task, dict[str, Any]]:
    waits = task.extension
    if waits is None or waits.number != said.number:
        raise TaskNoExtension
    decided = replace(task, extension=None)
    if said.move is Move.EXTEND:
        decided = replace(decided, giving=replace(task.giving, due=waits.until), revision=task.revision + 1)
    return decided, {"asked": waits.number, "until": waits.until.isoformat(), "was": task.giving.due.isoformat()}


def day_of(at: dt.datetime) -> dt.date:
    """In Viet Nam."""
    return at.astimezone(HOUSE).date()


def must_lead(asker: Asker, meeting: str) -> None:
    """Raise NotAllowed unless who asks leads or prepares the meeting."""
    if not asker.prepares and asker.roles.get(meeting) not in LEADING:
        raise NotAllowed
