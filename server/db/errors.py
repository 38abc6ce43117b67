"""What the database cannot do now.

::

    Unavailable
    ├── DatabaseAway    database-away: it does not answer, or answers too late
    └── DatabaseFull    database-full: its disk is full
"""

from __future__ import annotations

from server.errors import Unavailable


class DatabaseAway(Unavailable):
    """The database does not answer, or its writers have been waited for too long."""

    code = "database-away"


class DatabaseFull(Unavailable):
    """There is no room to write; what was committed before is safe."""

    code = "database-full"
