"""Bytes that must not be seen.

Rule: a secret never shows itself in ``repr``, ``str``, ``format`` or a traceback's locals.

Usage::

    key = Secret(os.urandom(32))
    cipher = AESGCM(key.reveal())
"""

from __future__ import annotations

import hmac
from typing import Final


class Secret:
    """Holds ``bytes``; hides them everywhere but in :meth:`reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value: Final = bytes(value)

    def reveal(self) -> bytes:
        """The bytes themselves; call it where they are used and keep no copy."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    def __hash__(self) -> int:
        # Secrets are compared, never used as dictionary keys: a hash would leak equality.
        raise TypeError("a Secret cannot be hashed")

    def __repr__(self) -> str:
        return f"Secret(<{len(self._value)} bytes>)"

    def __reduce__(self) -> str:
        raise TypeError("a Secret cannot be pickled")
