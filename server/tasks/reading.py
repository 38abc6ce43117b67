"""Tasks as people read them: one's own, one with its history, those of a meeting, and those left over.

Rules TK2, TK7, TK8: of each task only who has a part in it is told. TK7 The words of the conclusion, the item and the
meeting stand beside a task for whoever may see them in that meeting; to everybody else the task says what it says
itself. TK8 Left over is what is open and came from an earlier meeting of the same type, or is led by somebody of this
one, and stands in no agenda of it.

Usage::

    reading.mine(asked)
    reading.one("t-…", asked=asked)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pages.folding import by_letter, composed
from server.errors import ServerError
from server.identity.model import Role
from server.meetings.model import may_see
from server.names import by_name
from server.papers.submission import Asked
from server.search.model import Wanted
from server.tasks import model
from server.tasks.counting import Counted, counted
from server.tasks.errors import TaskUnknown
from server.tasks.model import Line, Move, Party, PartyKind, Side, Stage, Task
from server.tasks.rights import Asker, House, sides
from server.tasks.service import TaskService, day_of, must_lead
from wire.agenda import numbers
from wire.conclusions import conclusion_of
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.visibility import is_common, sees

#: What a screen offers; giving is not done with a task that is there.
_OFFERED: Final = tuple(each for each in Move if each is not Move.GIVE)


@dataclass(frozen=True, slots=True)
class Sight:
    """Who asks, of which house, on which day."""

    asker: Asker
    house: House
    today: dt.date


@dataclass(frozen=True, slots=True)
class TaskReading:
    """Reads; changes nothing."""

    tasks: TaskService

    def mine(self, asked: Asked) -> dict[str, Any]:
        """``{tasks, today}``: every task one has a part in, the late ones first, then by their day."""
        sight = self._sight(asked)
        found = [(each, part) for each in self._all() if (part := sides(each, sight.asker, sight.house))]
        found.sort(key=lambda pair: (not model.is_overdue(pair[0], sight.today), not pair[0].is_open))
        states: dict[str, MeetingState | None] = {}
        rows = [self._row(each, part, sight, states) for each, part in found]
        return {"tasks": rows, "today": sight.today.isoformat()}

    def one(self, task: str, *, asked: Asked) -> dict[str, Any]:
        """A task with its history and files; raises TaskUnknown."""
        sight, found = self._sight(asked), self.tasks.find(task)
        part = sides(found, sight.asker, sight.house)
        if not part:
            raise TaskUnknown
        store = self.tasks.tools.store
        with self.tasks.tools.unit.read() as tx:
            lines, files = store.lines(tx, task), store.files(tx, task)
        offered = [each for each in _OFFERED if (found.stage, each) in model.TABLE and model.may(each, part)]
        if found.extension is None:
            offered = [each for each in offered if each not in {Move.EXTEND, Move.REFUSE}]
        return {
            **self._row(found, part, sight, {}),
            "detail": found.giving.detail,
            "revision": found.revision,
            "report": found.report,
            "conclusion": self._conclusion(found, sight),
            "answers": _person(sight.house.answers(found), sight.house),
            "nameable": _nameable(found, sight.house) if Move.NAME in offered else [],
            "moves": [each.value for each in offered],
            "lines": [_line(each, sight.house) for each in lines],
            "files": [{"number": each.number, "name": each.name, "pages": each.pages} for each in files],
        }

    def of_meeting(self, meeting: MeetingId, asked: Asked) -> dict[str, Any]:
        """``{tasks, taken, left, today}`` of a meeting that one leads: given in it, standing in its agenda by item, and
        left over (TK8); raises NotAllowed.
        """
        sight = self._sight(asked)
        must_lead(sight.asker, meeting)
        state = self.tasks.tools.meetings.state(meeting)
        with self.tasks.tools.unit.read() as tx:
            taken = {task: item for _, item, task in self.tasks.tools.store.taken(tx, [meeting])}
        states: dict[str, MeetingState | None] = {}
        here: list[dict[str, Any]] = []
        stands: list[dict[str, Any]] = []
        left: list[dict[str, Any]] = []
        for each in self._all():
            part = sides(each, sight.asker, sight.house)
            if not part:
                continue
            if each.meeting == meeting:
                here.append(self._row(each, part, sight, states))
            elif each.id in taken and state.item(taken[each.id]) is not None:
                stands.append({**self._row(each, part, sight, states), "stands": taken[each.id]})
            elif each.is_open and self._is_left(each, state, sight, states):
                left.append(self._row(each, part, sight, states))
        return {"tasks": here, "taken": stands, "left": left, "today": sight.today.isoformat()}

    def found(self, wanted: Wanted, asked: Asked) -> list[dict[str, Any]]:
        """The tasks one has a part in whose words hold every term, the newest first."""
        sight = self._sight(asked)
        states: dict[str, MeetingState | None] = {}
        patterns = [Wanted((term,)).pattern for term in wanted.terms]
        found = []
        for each in sorted(self._all(), key=lambda one: one.created_at, reverse=True):
            words = by_letter(composed(f"{each.giving.title}\n{each.giving.detail}"))
            if all(pattern.search(words) for pattern in patterns):
                part = sides(each, sight.asker, sight.house)
                found += [self._row(each, part, sight, states)] if part else []
        return found

    def printed(self, meeting: MeetingId, *, now: dt.datetime) -> list[tuple[str, str, tuple[str, ...], str]]:
        """What a notice of conclusion says of the tasks of a meeting: what, who leads, who takes part, until when.

        Without those of items that not everybody may know of, and without dropped ones.
        """
        state, house = self.tasks.tools.meetings.state(meeting), self.tasks.house(now)
        found = []
        for each in self._all():
            item = None if each.item is None else state.item(each.item)
            hidden = each.item is not None and (item is None or not is_common(state, item))
            if each.meeting == meeting and each.stage is not Stage.DROPPED and not hidden:
                helpers = tuple(house.name(one) for one in each.giving.helpers)
                found.append((each.giving.title, house.name(each.giving.lead), helpers, f"{each.giving.due:%d/%m/%Y}"))
        return found

    def counted(self, asked: Asked) -> dict[str, Any]:
        """``{units, months, today}``: how deadlines are kept (TK9), of what one may see; an auditor: of all."""
        sight = self._sight(asked)
        every = asked.actor.has(Role.AUDITOR)
        seen = [each for each in self._all() if every or sides(each, sight.asker, sight.house)]
        labels = sight.house.tree.labels()
        rows = [(_counted_for(each, sight.house, labels), each) for each in seen]
        return {**counted(rows, sight.today), "today": sight.today.isoformat()}

    # Parts

    def _all(self) -> Sequence[Task]:
        with self.tasks.tools.unit.read() as tx:
            return self.tasks.tools.store.all(tx)

    def _sight(self, asked: Asked) -> Sight:
        return Sight(self.tasks.asker(asked), self.tasks.house(asked.now), day_of(asked.now))

    def _row(
        self, task: Task, part: frozenset[Side], sight: Sight, states: dict[str, MeetingState | None]
    ) -> dict[str, Any]:
        giving, house = task.giving, sight.house
        waits = task.extension
        return {
            "id": task.id,
            "title": giving.title,
            "lead": _party(giving.lead, house),
            "helpers": [_party(each, house) for each in giving.helpers],
            "due": giving.due.isoformat(),
            "stage": task.stage.value,
            "percent": task.percent,
            "overdue": model.is_overdue(task, sight.today),
            "late": model.is_late(task, sight.today),
            "giver": _person(task.giver, house),
            "sides": sorted(each.value for each in part),
            "extension": None if waits is None else {"number": waits.number, "until": waits.until.isoformat()},
            "reported_on": None if task.reported_on is None else task.reported_on.isoformat(),
            "meeting": self._place(task, sight, states),
            "changed_at": print_instant(task.changed_at or task.created_at),
        }

    def _place(self, task: Task, sight: Sight, states: dict[str, MeetingState | None]) -> dict[str, Any] | None:
        """Where it came from, for whoever may see that meeting (TK7)."""
        if task.meeting is None:
            return None
        if task.meeting not in states:
            states[task.meeting] = self._state(task.meeting)
        state = states[task.meeting]
        role = sight.asker.roles.get(task.meeting)
        if state is None or not may_see(state.phase, role, sees_all=sight.asker.prepares):
            return None
        item = state.item(task.item) if task.item is not None and _sees(state, sight.asker, task.item) else None
        told = None if item is None else {"item": item.item, "number": numbers(state.agenda)[item.item]}
        return {
            "id": task.meeting,
            "title": state.title,
            "starts_at": None if state.starts_at is None else print_instant(state.starts_at),
            "item": None if told is None or item is None else {**told, "title": item.title},
        }

    def _conclusion(self, task: Task, sight: Sight) -> str | None:
        state = None if task.meeting is None else self._state(task.meeting)
        if state is None or task.item is None or not _sees(state, sight.asker, task.item):
            return None
        found = conclusion_of(state, task.item)
        return None if found is None else found.text

    def _state(self, meeting: str) -> MeetingState | None:
        try:
            return self.tasks.tools.meetings.state(MeetingId(meeting))
        except ServerError:
            return None

    def _is_left(self, task: Task, state: MeetingState, sight: Sight, states: dict[str, MeetingState | None]) -> bool:
        house = sight.house
        people = {each.person for each in state.members}
        led_here = house.answers(task) in people or house.head(task.giving.lead) in people
        if task.meeting is None:
            return led_here
        if task.meeting not in states:
            states[task.meeting] = self._state(task.meeting)
        other = states[task.meeting]
        earlier = other is not None and (
            other.starts_at is None or state.starts_at is None or other.starts_at < state.starts_at
        )
        return earlier and (led_here or (other is not None and other.kind == state.kind))


def _sees(state: MeetingState, asker: Asker, item: str) -> bool:
    if state.item(item) is None:
        return False
    if state.member(asker.person) is None:
        return asker.prepares
    return sees(state, asker.person, item)


def _counted_for(task: Task, house: House, labels: Mapping[str, str]) -> Counted:
    """For whom it counts; somebody in no unit counts for themselves."""
    lead = task.giving.lead
    unit = house.unit_of(lead)
    return Counted(lead.id, house.name(lead)) if unit is None else Counted(unit.id, labels.get(unit.id, unit.name))


def _party(who: Party, house: House) -> dict[str, Any]:
    told: dict[str, Any] = {"id": who.id, "kind": who.kind.value, "name": house.name(who)}
    if who.kind is PartyKind.UNIT:
        told["head"] = _person(house.head(who), house)
    return told


def _person(person: str | None, house: House) -> dict[str, str] | None:
    return None if person is None else {"id": person, "name": house.names.get(person, "")}


def _nameable(task: Task, house: House) -> list[dict[str, str]]:
    """Whom the head may name: who is in the unit or below it (TK3)."""
    found = [each for each in house.active if house.is_nameable(each, task.giving.lead)]
    return sorted(({"id": each, "name": house.names[each]} for each in found), key=lambda one: by_name(one["name"]))


def _line(line: Line, house: House) -> dict[str, Any]:
    more = dict(line.more)
    for name in ("lead", "who"):
        if isinstance(more.get(name), str):
            more[name] = house.name(model.party(more[name]))
    if isinstance(more.get("helpers"), list):
        more["helpers"] = [house.name(model.party(each)) for each in more["helpers"]]
    return {
        "number": line.number,
        "at": print_instant(line.at),
        "by": line.by_name,
        "move": line.move.value,
        "text": line.text,
        "more": more,
    }
