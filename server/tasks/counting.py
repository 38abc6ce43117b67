"""How a house keeps its deadlines: tasks by the unit that leads them and by the month they were due.

Rules TK9: pure. Every task that was not dropped is counted once: done in time or late by the day of its last report,
open, or overdue (TK1). Somebody's task counts for the unit they are in now, each unit and each person for itself: of
one name there may be several. What one may not see is not counted – the
auditor, who reads no task, gets the numbers of all.

Usage: ``counted([(Counted("o-…", "Vụ 1"), task)], today)["units"]``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from server.names import collated
from server.tasks.model import Stage, Task, is_late, is_overdue

KINDS: Final = ("in_time", "late", "open", "overdue")


class Counted(NamedTuple):
    """For whom a task counts: a unit, or a person in none. ``name``: as the figures say it."""

    id: str
    name: str


def kind_of(task: Task, today: dt.date) -> str | None:
    """In which of the four columns it stands; None for a dropped one."""
    if task.stage is Stage.DROPPED:
        return None
    if task.stage is Stage.CONFIRMED:
        return "late" if is_late(task, today) else "in_time"
    return "overdue" if is_overdue(task, today) else "open"


def counted(rows: Iterable[tuple[Counted, Task]], today: dt.date) -> dict[str, list[dict[str, Any]]]:
    """``{units: [{id, name, in_time, late, open, overdue}], months: [{month, …}]}``; units by name, months in order."""
    units: dict[Counted, dict[str, int]] = {}
    months: dict[str, dict[str, int]] = {}
    for whose, task in rows:
        kind = kind_of(task, today)
        if kind is None:
            continue
        units.setdefault(whose, dict.fromkeys(KINDS, 0))[kind] += 1
        months.setdefault(f"{task.giving.due:%Y-%m}", dict.fromkeys(KINDS, 0))[kind] += 1
    ordered = sorted(units, key=lambda each: (collated(each.name), each.id))
    return {
        "units": [{"id": each.id, "name": each.name, **units[each]} for each in ordered],
        "months": [{"month": month, **months[month]} for month in sorted(months)],
    }
