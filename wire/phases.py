"""The life cycle of a meeting: one table (M1).

What is not in the table is an error. docs/diagrams/meeting.mmd is generated from it.

Usage::

    step(Phase.APPROVED, Change.OPEN) is Phase.OPEN
"""

from __future__ import annotations

import enum
from typing import Final

from wire.transitions import stepper


class Phase(enum.StrEnum):
    """nháp → chờ duyệt → đã duyệt → đang họp ⇄ tạm nghỉ → đã bế mạc → đã khóa; đã hủy."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    OPEN = "open"
    RECESS = "recess"
    CLOSED = "closed"
    LOCKED = "locked"
    CANCELLED = "cancelled"


class Change(enum.StrEnum):
    """What moves a meeting on; each is also the kind of the event that records it."""

    SUBMIT = "meeting_submitted"
    APPROVE = "meeting_approved"
    RETURN = "meeting_returned"
    OPEN = "meeting_opened"
    RECESS = "meeting_recessed"
    RESUME = "meeting_resumed"
    CLOSE = "meeting_closed"
    LOCK = "meeting_locked"
    CANCEL = "meeting_cancelled"


TABLE: Final[dict[tuple[Phase, Change], Phase]] = {
    (Phase.DRAFT, Change.SUBMIT): Phase.SUBMITTED,
    (Phase.DRAFT, Change.CANCEL): Phase.CANCELLED,
    (Phase.SUBMITTED, Change.APPROVE): Phase.APPROVED,
    (Phase.SUBMITTED, Change.RETURN): Phase.DRAFT,
    (Phase.SUBMITTED, Change.CANCEL): Phase.CANCELLED,
    (Phase.APPROVED, Change.RETURN): Phase.DRAFT,
    (Phase.APPROVED, Change.OPEN): Phase.OPEN,
    (Phase.APPROVED, Change.CANCEL): Phase.CANCELLED,
    (Phase.OPEN, Change.RECESS): Phase.RECESS,
    (Phase.OPEN, Change.CLOSE): Phase.CLOSED,
    (Phase.RECESS, Change.RESUME): Phase.OPEN,
    (Phase.RECESS, Change.CLOSE): Phase.CLOSED,
    (Phase.CLOSED, Change.LOCK): Phase.LOCKED,
}

#: Phases in which the chair leads and seats may act.
LIVE: Final = frozenset({Phase.OPEN, Phase.RECESS})
#: Phases in which members, agenda and papers may still be prepared.
PREPARING: Final = frozenset({Phase.DRAFT, Phase.SUBMITTED, Phase.APPROVED})
#: Phases in which seats hold the papers.
HOLDING: Final = frozenset({Phase.APPROVED, Phase.OPEN, Phase.RECESS})


#: The next state; raises :class:`wire.errors.PhaseError`.
step: Final = stepper(TABLE)
