"""What looking after terminals refuses.

::

    ServerError
    └── Conflict
        ├── HoursChanged      screen-hours-changed
        ├── NotKept           device-not-kept
        └── InsteadUnfit      seat-instead-unfit

What concerns the terminals themselves is ``server.fleet.errors``.

Usage: ``raise NotKept``.
"""

from __future__ import annotations

from server.errors import Conflict


class HoursChanged(Conflict):
    """Somebody else has set the hours of this room meanwhile; ``hours``: as they are now, or None."""

    code = "screen-hours-changed"


class NotKept(Conflict):
    """The terminal is not under maintenance."""

    code = "device-not-kept"


class InsteadUnfit(Conflict):
    """Where people are asked to sit is no other seat of that room with a terminal that is in use."""

    code = "seat-instead-unfit"
