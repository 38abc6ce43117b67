"""What the book of the terminals refuses.

::

    NotFound
    ├── EntryUnknown     upkeep-unknown: no entry has this number
    └── PlanUnknown      upkeep-plan-unknown
    Conflict
    ├── EntryChanged     upkeep-changed: somebody else changed it; ``entry``: as it is now
    ├── EntryClosed      upkeep-closed: the fault is done already
    ├── DayWrong         upkeep-day: a day that has not come, or an end before the beginning
    ├── NothingPlanned   upkeep-plan-over: the plan has ended
    ├── PlanTwice        upkeep-plan-twice: there is one for this terminal or room
    └── ToldAlready      upkeep-told: that fault stands in the book, in other words; ``entry``: as it is now
"""

from __future__ import annotations

from server.errors import Conflict, NotFound


class EntryUnknown(NotFound):
    """No entry has this number."""

    code = "upkeep-unknown"


class PlanUnknown(NotFound):
    """No plan has this number."""

    code = "upkeep-plan-unknown"


class EntryChanged(Conflict):
    """Somebody else changed it meanwhile; ``data["entry"]``: as it is now."""

    code = "upkeep-changed"


class EntryClosed(Conflict):
    """The fault is done already."""

    code = "upkeep-closed"


class DayWrong(Conflict):
    """A day that has not come yet, or an end before the beginning."""

    code = "upkeep-day"


class NothingPlanned(Conflict):
    """The plan has ended."""

    code = "upkeep-plan-over"


class PlanTwice(Conflict):
    """This terminal or room has a plan."""

    code = "upkeep-plan-twice"


class ToldAlready(Conflict):
    """What was told at a seat stands in the book in other words; ``n``: which line, ``entry``: as it is now."""

    code = "upkeep-told"
