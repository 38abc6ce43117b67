"""Why a file's signatures cannot be checked. That a signature is bad is no error: it is the answer.

::

    ServerError
    ├── Unsupported
    │   └── CheckRefused
    │       ├── CheckNotPdf           check-not-pdf
    │       ├── CheckEmpty            check-empty: no bytes
    │       ├── CheckEncrypted        check-encrypted
    │       ├── CheckUnreadable       check-unreadable: a PDF that cannot be followed
    │       ├── CheckTooMany          check-too-many: more signatures than can be looked at
    │       └── CheckFailed           check-failed: the check itself ran out of time or memory
    ├── Malformed
    │   └── CheckFileMissing          check-file-missing
    ├── TooLarge
    │   └── CheckTooLarge             check-too-large
    └── TooMany
        ├── CheckTooOften             check-too-often: this person, just now
        └── CheckBusy                 check-busy: others are being checked
"""

from __future__ import annotations

from typing import Final

from server.errors import Malformed, TooLarge, TooMany, Unsupported


class CheckRefused(Unsupported):
    """The file cannot be checked."""

    code = "check-refused"


class CheckNotPdf(CheckRefused):
    """No PDF."""

    code = "check-not-pdf"


class CheckEmpty(CheckRefused):
    """A file without bytes."""

    code = "check-empty"


class CheckEncrypted(CheckRefused):
    """It is locked by a password, so that nothing in it can be read."""

    code = "check-encrypted"


class CheckUnreadable(CheckRefused):
    """It begins like a PDF and cannot be followed."""

    code = "check-unreadable"


class CheckTooMany(CheckRefused):
    """More signatures than can be looked at in time; ``data["count"]``, ``data["limit"]``."""

    code = "check-too-many"


class CheckFailed(CheckRefused):
    """The check ran out of time or memory, or fell over."""

    code = "check-failed"


class CheckFileMissing(Malformed):
    """The form holds no file."""

    code = "check-file-missing"


class CheckTooLarge(TooLarge):
    """More bytes than are taken for a check; ``data["limit_mib"]``."""

    code = "check-too-large"


class CheckTooOften(TooMany):
    """This person asked many times just now; ``data["wait_s"]``."""

    code = "check-too-often"


class CheckBusy(TooMany):
    """Other files are being checked; ``data["wait_s"]``."""

    code = "check-busy"


#: What the checking process may answer, by its code.
REFUSALS: Final[dict[str, type[CheckRefused]]] = {
    kind.code: kind for kind in (CheckNotPdf, CheckEmpty, CheckEncrypted, CheckUnreadable, CheckTooMany, CheckFailed)
}
