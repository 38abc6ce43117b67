"""Why a signed act is not taken.

::

    ServerError
    ├── Conflict
    │   ├── StatementDiffers              statement-differs: it says something else than the act does
    │   ├── StatementOfOtherLog           statement-other-log: bound to an event this meeting's log does not hold
    │   ├── StatementTimeWrong            statement-time-wrong: made in the future, or too long ago
    │   ├── StatementUsed                 statement-used: it has done its one act
    │   ├── StatementSignatureWrong       statement-signature-wrong
    │   └── StatementCertificateUnsure    statement-certificate-unsure: nobody says that it is still good
    ├── NotAllowed
    │   └── StatementNotYours             statement-not-yours: the certificate is somebody else's
    └── NotFound
        ├── StatementUnknown              statement-unknown
        └── StatementKindUnknown          statement-kind-unknown
"""

from __future__ import annotations

from server.errors import Conflict, NotAllowed, NotFound


class StatementDiffers(Conflict):
    """What was signed is not what the act does; ``data["where"]`` is the first field that differs."""

    code = "statement-differs"


class StatementOfOtherLog(Conflict):
    """The event it names is not in this log."""

    code = "statement-other-log"


class StatementTimeWrong(Conflict):
    """Its moment cannot be."""

    code = "statement-time-wrong"


class StatementUsed(Conflict):
    """A statement does one act."""

    code = "statement-used"


class StatementSignatureWrong(Conflict):
    """The signature is not of this certificate's key over this statement."""

    code = "statement-signature-wrong"


class StatementCertificateUnsure(Conflict):
    """Nothing fresh says that the certificate is not revoked, and the house wants to know (G25)."""

    code = "statement-certificate-unsure"


class StatementNotYours(NotAllowed):
    """Enrolled to somebody else than who acts."""

    code = "statement-not-yours"


class StatementUnknown(NotFound):
    """There is none of that hash in this meeting."""

    code = "statement-unknown"


class StatementKindUnknown(NotFound):
    """No such kind of signed act."""

    code = "statement-kind-unknown"
