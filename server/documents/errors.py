"""What the making of documents refuses.

::

    Malformed
    └── DocumentTooLong    document-too-long
    Unavailable
    └── PrinterFailed      document-printer-failed
"""

from __future__ import annotations

from server.errors import Malformed, Unavailable


class DocumentTooLong(Malformed):
    """More text, lines or rows than a document may have; ``data["most"]``."""

    code = "document-too-long"


class PrinterFailed(Unavailable):
    """The process that sets documents gave none: a font is missing, or it ran out of time or memory."""

    code = "document-printer-failed"
