"""What can be wrong with the record.

::

    RecordError
    ├── RecordForked         record-forked: the database does not go on from what was signed before
    ├── RecordTooShort       record-too-short: a proof is asked for of a size the record never had
    ├── RecordNotRestored    record-not-restored: nothing was put back that could be acknowledged
    └── RestorationNotShown  restoration-not-shown: not the restoration that the page has shown
"""

from __future__ import annotations

from server.errors import Conflict


class RecordError(Conflict):
    """Root of the package."""

    code = "record-error"


class RecordForked(RecordError):
    """What the database holds is not what a checkpoint was signed over; ``data["size"]`` says which."""

    code = "record-forked"


class RecordTooShort(RecordError):
    """Nobody can have seen this size; ``data["size"]``."""

    code = "record-too-short"


class RecordNotRestored(RecordError):
    """The database goes on from all that was signed, or contradicts itself: a restoration explains nothing here."""

    code = "record-not-restored"


class RestorationNotShown(RecordError):
    """It went back from, or to, another number than the one that was acknowledged; ``data["old"], data["new"]``."""

    code = "restoration-not-shown"
