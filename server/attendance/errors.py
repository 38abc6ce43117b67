"""What the roll refuses.

::

    NotAllowed
    └── SelfRollCallOff       self-roll-call-off: in this meeting people do not put themselves on the roll
    Conflict
    ├── NotThere              not-there: nobody leaves who is not there
    └── StillThere            still-there: nobody comes back who has not left
    Malformed
    ├── NobodyNamed           nobody-named
    └── ReasonNeeded          reason-needed: for an excuse, and to correct what stands on the roll
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed


class SelfRollCallOff(NotAllowed):
    """The house wants the roll by token or by the secretary."""

    code = "self-roll-call-off"


class NotThere(Conflict):
    """The person is not there and cannot leave; ``data["name"]`` says who."""

    code = "not-there"


class StillThere(Conflict):
    """The person has not left and cannot come back; ``data["name"]`` says who."""

    code = "still-there"


class NobodyNamed(Malformed):
    """The list of people is empty, or names one twice."""

    code = "nobody-named"


class ReasonNeeded(Malformed):
    """An excuse has its reason, and so has a correction; ``data["name"]`` says whose."""

    code = "reason-needed"
