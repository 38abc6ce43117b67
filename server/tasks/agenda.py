"""Takes what is left over into the agenda of a meeting, as an item of its own (TK8).

Rules: the item is written by the same rule as any other change of an agenda, and the tasks under it with the same
commit. Taken again, a task moves to the newer item; the item goes the way of all items, and the tasks are left over
once more.

Usage: ``leftovers.take("m-…", ["t-…"], "Việc tồn đọng", expected_seq=12, asked=asked)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings import model as meetings
from server.meetings.commands import By, SetAgenda
from server.meetings.model import Draft, Log
from server.papers.submission import Asked
from server.tasks.errors import NothingLeftOver
from server.tasks.reading import TaskReading
from server.unit import Transaction
from wire import ids
from wire.ids import MeetingId
from wire.state import Item, MeetingState, Visibility

MAX_TASKS: Final = 200
#: Minutes for going through a list; the secretary changes them as for any item.
_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Of all meetings."""

    reading: TaskReading

    def take(self, meeting: MeetingId, tasks: Sequence[str], title: str, *, asked: Asked) -> dict[str, Any]:
        """A new last item with these tasks; gives ``{seq, item}``.

        Raises NotAllowed, NothingLeftOver, and what a change of the agenda does.
        """
        offered = self.reading.of_meeting(meeting, asked)
        known = {each["id"] for part in ("left", "taken") for each in offered[part]}
        wanted = [each for each in dict.fromkeys(tasks) if each in known]
        tools = self.reading.tasks.tools
        made = ids.new("i", tools.random(ids.RANDOM_BYTES))
        by = By(asked.actor.person_id, asked.actor.has(Role.SECRETARY))

        def decide(log: Log) -> Sequence[Draft]:
            if not wanted:
                raise NothingLeftOver
            item = Item(made, None, title, _MINUTES, Visibility.COMMON)
            return meetings.decide(log, SetAgenda((*log.state.agenda, item), log.agenda_seq), by)

        def also(tx: Transaction, _state: MeetingState) -> dict[str, Any]:
            tools.store.take(tx, meeting, made, tasks=wanted)
            return {"item": made, "tasks": len(wanted)}

        content = {"meeting": meeting, "tasks": list(tasks), "title": title}
        key = ActKey(asked.act, asked.actor.label, "take_tasks", content)
        return tools.meetings.change(meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key, also=also)
