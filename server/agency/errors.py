"""What describing the agency refuses.

::

    Conflict
    └── AgencyUnknown    agency-unknown
    Malformed
    ├── AgencyNameless   agency-nameless
    └── AgencyTooLong    agency-too-long
"""

from __future__ import annotations

from server.errors import Conflict, Malformed


class AgencyUnknown(Conflict):
    """Nobody has said yet how the agency is named; without that no document is made."""

    code = "agency-unknown"


class AgencyNameless(Malformed):
    """Of a name, the notation or the place nothing is left that could be printed."""

    code = "agency-nameless"


class AgencyTooLong(Malformed):
    """A name has more lines, or a line more letters, than the head of a document holds; ``data`` has the most."""

    code = "agency-too-long"
