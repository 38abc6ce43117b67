"""What a hand-over refuses.

::

    NotFound
    └── HandoverUnknown   handover-unknown
    Conflict
    ├── HandoverGoesOn    handover-goes-on: this person's has been begun and is not finished; ``data["number"]``
    ├── HandoverOver      handover-over: finished, nothing is left to do
    ├── CameLater         handover-came-later: they hold more than was written down; ``data``: ``n``, a first ``title``
    ├── HoldsNoMore       handover-holds-no-more: a thing is not theirs any more; look again
    └── CannotMove        handover-stays: a thing of those that stay where they are
    Malformed
    ├── SuccessorUnfit    handover-successor-unfit: the same person, or one who may not act; ``data["name"]``
    └── SuccessorNoSecretary   handover-no-secretary: a draft goes to who may write it; ``data["name"]``
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class HandoverUnknown(NotFound):
    """No hand-over has this number."""

    code = "handover-unknown"


class HandoverGoesOn(Conflict):
    """One at a time for each person; ``data["number"]`` is the one to go on with."""

    code = "handover-goes-on"


class HandoverOver(Conflict):
    """It is finished."""

    code = "handover-over"


class CameLater(Conflict):
    """Things came to them since it was begun: give them to others first, or leave them. ``data``: ``n``, ``title``."""

    code = "handover-came-later"


class HoldsNoMore(Conflict):
    """Somebody was faster; ``data["title"]``."""

    code = "handover-holds-no-more"


class CannotMove(Conflict):
    """What is signed, or goes on this moment, stays where it is; ``data["title"]``."""

    code = "handover-stays"


class SuccessorUnfit(Malformed):
    """Nobody hands over to themselves, nor to an account that may not act; ``data["name"]``."""

    code = "handover-successor-unfit"


class SuccessorNoSecretary(Malformed):
    """Who is no secretary of the house or the meeting writes no document of it; ``data["name"]``."""

    code = "handover-no-secretary"
