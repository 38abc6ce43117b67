"""What waits for a person about minutes: to be commented before a deadline, or comments to be answered (BB9).

Rules: what somebody may not read is not announced to them either; the nearest deadline first.

Usage: ``Reminders(service).waiting("u-…", is_secretary=False, now=now)``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from server.errors import ServerError
from server.meetings.commands import By
from server.minutes import model
from server.minutes.model import CommentState, State
from server.minutes.service import MinutesService
from wire.fields import print_instant


@dataclass(frozen=True, slots=True)
class Reminders:
    """For the first page."""

    minutes: MinutesService

    def waiting(self, person: str, *, is_secretary: bool, now: dt.datetime) -> list[dict[str, Any]]:
        """``{meeting, title, task: comment|answer, until, open}`` each."""
        tools = self.minutes.tools
        with tools.unit.read() as tx:
            shared = tools.store.shared(tx)
            comments = {meeting: tools.store.comments(tx, meeting) for meeting, _ in shared}
        found = []
        for meeting, sheet in sorted(shared, key=lambda pair: pair[1].comments_until or now):
            state, by = tools.meetings.state(meeting), By(person, is_secretary=is_secretary)
            if self.minutes.state_of(sheet) is not State.DRAFTING or state.phase not in model.WRITING:
                continue
            left = sum(1 for each in comments[meeting] if each.state is CommentState.OPEN)
            told = {
                "meeting": meeting,
                "title": state.title,
                "until": None if sheet.comments_until is None else print_instant(sheet.comments_until),
                "open": left,
            }
            if model.leads(state, by):
                if left:
                    found.append({**told, "task": "answer"})
            elif model.is_open(sheet, now) and _may_read(state, sheet, by):
                found.append({**told, "task": "comment"})
        return found


def _may_read(state: Any, sheet: model.Sheet, by: By) -> bool:
    try:
        model.must_read(state, sheet, by)
    except ServerError:
        return False
    return True
