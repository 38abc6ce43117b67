"""What the desk of faults and wishes refuses.

::

    NotFound
    └── FeedbackUnknown   feedback-unknown: none of this number, or none of theirs
    Conflict
    ├── FeedbackOver      feedback-over: answered already
    └── FeedbackFull      feedback-full: ``most`` of one person wait already
"""

from __future__ import annotations

from server.errors import Conflict, NotFound


class FeedbackUnknown(NotFound):
    """None of this number, or none of theirs."""

    code = "feedback-unknown"


class FeedbackOver(Conflict):
    """It has been answered."""

    code = "feedback-over"


class FeedbackFull(Conflict):
    """So many of one person wait that another one helps nobody; ``data["most"]``."""

    code = "feedback-full"
