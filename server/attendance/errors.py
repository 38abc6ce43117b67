"""What the roll refuses.

::

    NotAllowed
    └── SelfRollCallOff       self-roll-call-off: in this meeting people do not put themselves on the roll
    Conflict
    ├── NotThere              not-there: nobody leaves who is not there
    ├── StillThere            still-there: nobody comes back who has not left
    ├── MemberStillHere       member-still-here: nobody is replaced who is in the room (A3)
    ├── NotReplaceable        not-replaceable: only a member has a place for another, once
    ├── HasOwnPlace           has-own-place: who is in the meeting already stands for nobody
    ├── NotReplaced           not-replaced: nobody stands for them
    ├── CannotLeave           cannot-leave-item: who leads the meeting leaves no item
    └── NotRecused            not-recused: there is nothing to take back
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


class MemberStillHere(Conflict):
    """Nobody is replaced who is in the room; ``data["name"]`` says who."""

    code = "member-still-here"


class NotReplaceable(Conflict):
    """Only a member who sits in their own right is replaced, once; ``data["name"]`` says who."""

    code = "not-replaceable"


class HasOwnPlace(Conflict):
    """Who is in the meeting already, but as a guest, stands for nobody; ``data["name"]`` says who."""

    code = "has-own-place"


class NotReplaced(Conflict):
    """Nobody stands for this member."""

    code = "not-replaced"


class CannotLeave(Conflict):
    """Chair and secretary see and lead everything: they hand over first."""

    code = "cannot-leave-item"


class NotRecused(Conflict):
    """The member does not have to leave this item."""

    code = "not-recused"
