"""Papers that a meeting asks somebody for, as values of the state.

Rules W137–W140: pure. A request is for one paper of one item, to one person or one unit, until the end of a day in Viet
Nam. How it stands is nowhere written: it is what has become of the paper that was handed in for it.

Usage: ``state.requests``; ``wire.request_fold.standing(state, request)``.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Final

MAX_REQUESTS: Final = 500
MAX_WHAT: Final = 500
MAX_REASON: Final = 500


class Standing(enum.StrEnum):
    """đã yêu cầu → đã nộp → bị trả lại or được duyệt; đã rút yêu cầu."""

    ASKED = "asked"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


#: Somebody still has to hand something in.
WAITING: Final = frozenset({Standing.ASKED, Standing.RETURNED})
#: Something may be handed in: also another version of what nobody has decided about.
OPEN: Final = WAITING | {Standing.SUBMITTED}


class Why(enum.StrEnum):
    """Why somebody was reminded: by hand, one working day before the deadline, or because it is over."""

    HAND = "hand"
    BEFORE = "before"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """Either ``person`` or ``unit`` is asked; ``name``: theirs, as it was that day. ``revision`` counts its wordings.

    ``handed_in_at``: the first time. ``told``: the reminders that came by themselves since the deadline was last set.
    """

    request: str
    item: str
    person: str
    unit: str
    name: str
    what: str
    until: dt.date
    asked_by: str
    asked_at: dt.datetime
    revision: int = 1
    paper: str = ""
    handed_in_at: dt.datetime | None = None
    reminders: int = 0
    reminded_at: dt.datetime | None = None
    told: frozenset[Why] = frozenset()
    withdrawn: bool = False
    reason: str = ""
