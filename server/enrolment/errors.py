"""What lists of terminals refuse. Files that cannot be read are refused as those of accounts: ``server.roster.errors``.

::

    NotFound
    └── RowUnknown       enrolment-row-unknown
    Conflict
    ├── RowOver          enrolment-row-over: it waits no more
    ├── ListChanged      enrolment-changed: the house is not any more what the preview was made of
    └── ListsFull        enrolment-full: ``most`` rows wait already
"""

from __future__ import annotations

from server.errors import Conflict, NotFound


class RowUnknown(NotFound):
    """No row has this number."""

    code = "enrolment-row-unknown"


class RowOver(Conflict):
    """It has been used or taken back."""

    code = "enrolment-row-over"


class ListChanged(Conflict):
    """Seats or terminals were changed after the preview: it has to be looked at again."""

    code = "enrolment-changed"


class ListsFull(Conflict):
    """So many rows wait that this one is too much; ``data["most"]``."""

    code = "enrolment-full"
