"""What messages refuse.

::

    NotFound
    └── NoSuchNotice          no-such-notice: or it was not sent to this person
    Conflict
    └── NoticeStateNotAllowed notice-state-not-allowed: what the life cycle does not contain (W96)
    Malformed
    └── WallHasNoPeople       wall-has-no-people: the wall is for everybody
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class NoSuchNotice(NotFound):
    """There is no such message, or it was not sent to the person."""

    code = "no-such-notice"


class NoticeStateNotAllowed(Conflict):
    """The message's state does not allow it; ``data["state"]`` is the state."""

    code = "notice-state-not-allowed"


class WallHasNoPeople(Malformed):
    """A message to the wall names people."""

    code = "wall-has-no-people"
