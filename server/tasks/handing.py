"""Tasks of somebody who leaves: which parts they have, and who has them from now on (HO1, HO2).

Rules: only tasks that are not over; the history says who it was and who it is now, and that an administrator did it.
The stage stays as it is: what was reported is decided by the new giver, what was begun is gone on with by the new lead.

What is refused is not written down: the part may be theirs again, and the same act is asked again then.

Usage: ``Handing(tasks).hand("t-…", "lead", "u-…", to="u-…", asked=(actor, act, now))``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from server.idempotency.service import ActKey, once
from server.identity.model import Actor
from server.papers.submission import Asked
from server.tasks.errors import NotTheirTask, TaskUnknown
from server.tasks.model import OPEN, Move, Party, PartyKind, Task
from server.tasks.service import TaskService

#: Who asks, under which act, when.
Asking: TypeAlias = tuple[Actor, str, dt.datetime]
GIVER, LEAD, HELPER, ANSWERS = "giver", "lead", "helper", "answers"


@dataclass(frozen=True, slots=True)
class Handing:
    """The parts people have in tasks."""

    tasks: TaskService

    def parts_of(self, person: str) -> list[tuple[Task, str]]:
        """Every part somebody has by name in a task that is not over."""
        with self.tasks.tools.unit.read() as tx:
            found = self.tasks.tools.store.all(tx)
        return [(task, part) for task in found if task.stage in OPEN for part in _parts(task, person)]

    def hand(self, task: str, part: str, person: str, *, to: str, asked: Asking) -> None:
        """``to`` has it from now on; again is fine. Raises TaskUnknown, ActReused, NotTheirTask: others have it."""
        actor, act, now = asked
        tools, told = self.tasks.tools, {"part": part, "was": person, "now_is": to}
        with tools.unit.begin() as tx:

            def hand() -> dict[str, Any]:
                held = tools.store.hold(tx, task)
                if held is None:
                    raise TaskUnknown
                if part in _parts(held, person):
                    after = replace(_handed(held, part, person, to), revision=held.revision + 1)
                    self.tasks.write(tx, after, Move.HAND, asked=Asked(actor, act, now), more=told)
                elif not _has(held, part, to):
                    raise NotTheirTask
                return {}

            key = ActKey(act, actor.label, "task_hand", {"task": task, **told})
            once(tools.ledger, tx, key, now=now, do=hand)


def _parts(task: Task, person: str) -> Iterator[str]:
    own = Party(PartyKind.PERSON, person)
    if task.giver == person:
        yield GIVER
    if task.giving.lead == own:
        yield LEAD
    if own in task.giving.helpers:
        yield HELPER
    if task.answers == person:
        yield ANSWERS


def _has(task: Task, part: str, person: str) -> bool:
    """Who leads a task does not also help with it."""
    parts = set(_parts(task, person))
    return part in parts or (part == HELPER and LEAD in parts)


def _handed(task: Task, part: str, person: str, to: str) -> Task:
    was, after = Party(PartyKind.PERSON, person), Party(PartyKind.PERSON, to)
    giving = task.giving
    if part == GIVER:
        return replace(task, giver=to)
    if part == ANSWERS:
        return replace(task, answers=to)
    if part == LEAD:
        helpers = tuple(each for each in giving.helpers if each != after)
        return replace(task, giving=replace(giving, lead=after, helpers=helpers))
    named = (after if each == was else each for each in giving.helpers)
    helpers = tuple(dict.fromkeys(each for each in named if each != giving.lead))
    return replace(task, giving=replace(giving, helpers=helpers))
