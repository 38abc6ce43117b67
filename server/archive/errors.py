"""What the archive refuses.

::

    NotFound
    ├── DossierUnknown       archive-unknown: no dossier was made up of this meeting
    └── TransferUnknown      archive-transfer-unknown
    Malformed
    ├── ReasonMissing        archive-reason-missing: another retention period says why
    ├── BackReasonMissing    archive-back-reason-missing: a list is taken back for a reason
    └── TransferEmpty        archive-transfer-empty: a list names at least one dossier
    Conflict
    ├── DossierTooEarly      archive-too-early: before the close there is nothing to make up
    ├── DossierMade          archive-made: it was made up already
    ├── DossierChanged       archive-changed: somebody else has changed the period meanwhile
    ├── DossierListed        archive-listed: it stands in a list already
    ├── DossierOpen          archive-open: only what is locked is handed over
    ├── DossierOutside       archive-outside: it was not closed in the time of the list
    ├── TransferDone         archive-transfer-done: that list was handed over
    ├── TransferMoved        archive-transfer-moved: it was handed over since whoever takes it back looked
    └── TransferBack         archive-transfer-back: that list was taken back
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class DossierUnknown(NotFound):
    """No dossier was made up of this meeting."""

    code = "archive-unknown"


class TransferUnknown(NotFound):
    """There is no such list."""

    code = "archive-transfer-unknown"


class ReasonMissing(Malformed):
    """Another retention period says why."""

    code = "archive-reason-missing"


class BackReasonMissing(Malformed):
    """A list is taken back for a reason."""

    code = "archive-back-reason-missing"


class TransferEmpty(Malformed):
    """A list names at least one dossier."""

    code = "archive-transfer-empty"


class DossierTooEarly(Conflict):
    """The meeting is not over; ``data["phase"]``."""

    code = "archive-too-early"


class DossierMade(Conflict):
    """It was made up already, as ``data["notation"]``."""

    code = "archive-made"


class DossierChanged(Conflict):
    """``data["by"]`` has changed it meanwhile: to ``data["years"]`` (null: for ever), because of ``data["reason"]``."""

    code = "archive-changed"


class DossierListed(Conflict):
    """``data["notation"]`` stands in list ``data["transfer"]``."""

    code = "archive-listed"


class DossierOpen(Conflict):
    """The meeting of ``data["notation"]`` is not locked."""

    code = "archive-open"


class DossierOutside(Conflict):
    """The meeting of ``data["notation"]`` was not closed in the time that the list says of itself."""

    code = "archive-outside"


class TransferDone(Conflict):
    """The list was handed over to ``data["receiver"]``."""

    code = "archive-transfer-done"


class TransferMoved(Conflict):
    """``data["by"]`` has noted meanwhile that the list was handed over to ``data["receiver"]``."""

    code = "archive-transfer-moved"


class TransferBack(Conflict):
    """The list was taken back by ``data["by"]``, because of ``data["reason"]``."""

    code = "archive-transfer-back"
