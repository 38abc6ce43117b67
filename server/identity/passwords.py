"""Passwords as argon2id hashes (RFC 9106).

Rules: a check costs the same whether the account exists or not; at most two run at once, because each takes its 64 MiB
and a burst of sign-ins must not starve the room.

Usage::

    passwords = Argon2Passwords(memory_kib=65_536)
    passwords.is_right(passwords.hash(Secret(b"...")), Secret(b"..."))
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from wire.secret import Secret

_AT_ONCE: Final = 2
_QUICK_KIB: Final = 64


class Argon2Passwords:
    """The ``Passwords`` port."""

    def __init__(self, *, memory_kib: int) -> None:
        self._hasher: Final = PasswordHasher(time_cost=3, memory_cost=memory_kib, parallelism=1)
        self._turn: Final = threading.BoundedSemaphore(_AT_ONCE)
        self._nobody: Final = self._hasher.hash(os.urandom(16))

    def hash(self, password: Secret) -> str:
        """The hash with salt and parameters, as text."""
        with self._turn:
            return self._hasher.hash(password.reveal())

    def is_right(self, stored: str, password: Secret) -> bool:
        """Whether ``password`` has this hash; an empty ``stored`` is never right."""
        with self._turn:
            try:
                if stored and self._hasher.check_needs_rehash(stored):
                    # A quick hash tells nobody by its quickness that there is such an account.
                    self._spend(password)
                self._hasher.verify(stored or self._nobody, password.reveal())
            except (Argon2Error, InvalidHashError):
                return False
        return bool(stored)

    def _spend(self, password: Secret) -> None:
        with contextlib.suppress(Argon2Error):
            self._hasher.verify(self._nobody, password.reveal())


class MadePasswords:
    """Hashes of passwords that were made here of eighty random bits.

    Nobody guesses those, however quick a try is; two thousand slow hashes would take a server minutes.
    """

    def __init__(self) -> None:
        self._hasher: Final = PasswordHasher(time_cost=1, memory_cost=_QUICK_KIB, parallelism=1)

    def hash(self, password: Secret) -> str:
        """The hash with salt and parameters, as text."""
        return self._hasher.hash(password.reveal())

    def is_right(self, stored: str, password: Secret) -> bool:
        """Whether ``password`` has this hash; an empty ``stored`` is never right."""
        try:
            return bool(stored) and self._hasher.verify(stored, password.reveal())
        except (Argon2Error, InvalidHashError):
            return False
