"""Private marks of people at seats.

Rules: stands in front of the handler of seats' acts; runs after what gives the keys, before the link to the seats.

Usage: ``marks.build(services)``.
"""

from __future__ import annotations

import os
from typing import Final

from server.chores import Chore
from server.clock import Clock
from server.marks.acts import MarkActs
from server.marks.service import MarksService
from server.marks.store import SqlMarkStore
from server.services import Services

#: A meeting that was locked: its marks are deleted this soon.
FORGET_S: Final = 60.0


def build(services: Services) -> None:
    """Put the feature together."""
    marks = MarksService(
        services.database,
        SqlMarkStore(),
        services.meetings,
        master=services.keys.master,
        random=os.urandom,
    )
    services.acts = MarkActs(services.acts, marks)
    clock = services.clock
    services.chores.add(Chore("marks of meetings that are over", FORGET_S, lambda: _forget(marks, clock)))


def _forget(marks: MarksService, clock: Clock) -> None:
    marks.forget_old(now=clock.now())
