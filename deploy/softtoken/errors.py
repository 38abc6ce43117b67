"""What keeps a software token from working.

::

    SoftTokenError
    ├── PartMissing   the message says what to install or allow
    └── BankFailed    the message holds what the service said
"""

from __future__ import annotations


class SoftTokenError(Exception):
    """Root of the package."""


class PartMissing(SoftTokenError):
    """Something of this machine is missing."""


class BankFailed(SoftTokenError):
    """The service did not start."""
