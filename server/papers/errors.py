"""What a paper can be refused for.

::

    ServerError
    ├── Unsupported
    │   └── PaperRefused
    │       ├── PaperNotPdf           paper-not-pdf
    │       ├── PaperEmpty            paper-empty: no bytes, or no pages
    │       ├── PaperBroken           paper-broken
    │       ├── PaperEncrypted        paper-encrypted
    │       ├── PaperSignedUnsafe     paper-signed-unsafe: may not be changed, must not be kept as it is
    │       ├── PaperTooManyPages     paper-too-many-pages
    │       ├── PaperCheckFailed      paper-check-failed: the check itself ran out of time or memory
    │       ├── SecrecyRefused        secrecy-refused: the content of a state secret
    │       └── SecrecyMarkFound      secrecy-mark-found: the first page says otherwise than the person
    ├── Malformed
    │   ├── PaperBadName              paper-bad-name
    │   ├── PaperFileMissing          paper-file-missing
    │   └── SecrecyMissing            secrecy-missing
    ├── TooLarge
    │   └── PaperTooLarge             paper-too-large
    ├── Conflict
    │   ├── PaperWrongState           paper-wrong-state
    │   ├── ApprovalMustBeSigned      approval-must-be-signed: the house wants the chair's signature
    │   └── NothingToPublish          nothing-to-publish
    ├── NotFound
    │   └── PaperUnknown              paper-unknown
    └── Unavailable
        └── DiskFull                  disk-full
"""

from __future__ import annotations

from typing import Final

from server.errors import Conflict, Malformed, NotFound, TooLarge, Unavailable, Unsupported


class PaperRefused(Unsupported):
    """The file itself cannot be accepted."""

    code = "paper-refused"


class PaperNotPdf(PaperRefused):
    """Not a PDF."""

    code = "paper-not-pdf"


class PaperEmpty(PaperRefused):
    """A file without bytes, or a PDF without pages."""

    code = "paper-empty"


class PaperBroken(PaperRefused):
    """A PDF that cannot be read."""

    code = "paper-broken"


class PaperEncrypted(PaperRefused):
    """A PDF that is protected by a password or by restrictions."""

    code = "paper-encrypted"


class PaperSignedUnsafe(PaperRefused):
    """A signed PDF with active content: changing it would break the signature. ``data["found"]`` names it."""

    code = "paper-signed-unsafe"


class PaperTooManyPages(PaperRefused):
    """More pages than a manifest can name."""

    code = "paper-too-many-pages"


class PaperCheckFailed(PaperRefused):
    """The process that looks into the file needed more time or memory than any honest file needs."""

    code = "paper-check-failed"


class SecrecyRefused(PaperRefused):
    """A file came with a level whose content this build does not keep."""

    code = "secrecy-refused"


class SecrecyMarkFound(PaperRefused):
    """The first page carries a mark of state secrecy; ``data["mark"]`` is the mark."""

    code = "secrecy-mark-found"


class PaperBadName(Malformed):
    """The file's name, or the paper's title, cannot be used."""

    code = "paper-bad-name"


class PaperFileMissing(Malformed):
    """The form holds no file."""

    code = "paper-file-missing"


class SecrecyMissing(Malformed):
    """Nobody chose the level of secrecy."""

    code = "secrecy-missing"


class PaperTooLarge(TooLarge):
    """More bytes than are allowed; ``data["limit_mib"]``."""

    code = "paper-too-large"


class PaperWrongState(Conflict):
    """The paper is not in a state in which this can be done; ``data["state"]``."""

    code = "paper-wrong-state"


class ApprovalMustBeSigned(Conflict):
    """The house wants the chair's signature under an approval."""

    code = "approval-must-be-signed"


class NothingToPublish(Conflict):
    """No approved paper waits to be published."""

    code = "nothing-to-publish"


class PaperUnknown(NotFound):
    """There is no such paper, or none that this person may see."""

    code = "paper-unknown"


class DiskFull(Unavailable):
    """The server's disk has no room for the file; nothing of it was kept."""

    code = "disk-full"


#: What the checking process may answer.
REFUSALS: Final[dict[str, type[PaperRefused]]] = {
    kind.code: kind
    for kind in (PaperNotPdf, PaperEmpty, PaperBroken, PaperEncrypted, PaperSignedUnsafe, PaperTooManyPages)
}
