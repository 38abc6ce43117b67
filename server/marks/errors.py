"""What is refused about private marks.

::

    ServerError
    └── Conflict
        ├── MarksForeign   marks-foreign: from a seat that was never given this person's key
        ├── MarksFull      marks-full: too many, or too large
        └── MarksOver      marks-over: the meeting's marks are not kept any more

Usage: ``raise MarksFull(most=MAX_MARKS)``.
"""

from __future__ import annotations

from server.errors import Conflict


class MarksForeign(Conflict):
    """The seat was never given this person's key, so what it hands in is not theirs."""

    code = "marks-foreign"


class MarksFull(Conflict):
    """There are too many marks, or too large ones."""

    code = "marks-full"


class MarksOver(Conflict):
    """The meeting is locked, cancelled or long closed: its marks are deleted."""

    code = "marks-over"
