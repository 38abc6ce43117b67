"""What can be wrong with the server's keys.

::

    KeysError
    ├── KeysDamaged      keys-damaged: a key file is missing, open to others or no key
    └── EpochUnknown     epoch-unknown: no such key was ever made
"""

from __future__ import annotations

from server.errors import Unavailable


class KeysError(Unavailable):
    """Root of the package."""

    code = "keys-error"


class KeysDamaged(KeysError):
    """The folder of keys is not whole; ``data["file"]`` names the file. Restore it from the backup."""

    code = "keys-damaged"


class EpochUnknown(KeysError):
    """A meeting has no key of this number."""

    code = "epoch-unknown"
