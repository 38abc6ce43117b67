"""Passwords at the seat: in memory for as long as they are needed, in a form that can be wiped.

Rules: a password is a ``bytearray`` that its holder overwrites; what recognises it later is scrypt (RFC 7914) with a
salt of its own, in memory only, so that a locked seat opens without the server (D3). Python may have made copies on the
way in; they are gone with the request.

Usage::

    with passwords.held(request, password): ...
    verifier = Verifier(password); verifier.matches(other)
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final

_SALT_BYTES: Final = 16
#: 16 MiB and some 50 ms on a desktop, 200 ms on a Raspberry Pi 4: one try at a lock, not one in a file.
_N: Final = 2**14
_R: Final = 8
_P: Final = 1


class Verifier:
    """Recognises one password."""

    __slots__ = ("_digest", "_salt")

    def __init__(self, password: bytearray) -> None:
        self._salt: Final = os.urandom(_SALT_BYTES)
        self._digest: Final = self._stretch(password)

    def matches(self, password: bytearray) -> bool:
        """Whether this is the password."""
        return hmac.compare_digest(self._digest, self._stretch(password))

    def _stretch(self, password: bytearray) -> bytes:
        return hashlib.scrypt(password, salt=self._salt, n=_N, r=_R, p=_P, maxmem=64 * 2**20)

    def __repr__(self) -> str:
        return "Verifier()"


class Passwords:
    """The passwords of requests that are being answered, and the codes of second factors that came with them."""

    def __init__(self) -> None:
        self._held: dict[int, bytearray] = {}
        self._codes: dict[int, bytearray] = {}

    def hold(self, request: int, password: bytearray, code: bytearray | None = None) -> None:
        """Take a password and a code over; both are wiped by :meth:`drop`."""
        self._held[request] = password
        if code is not None:
            self._codes[request] = code

    def code(self, request: int) -> bytearray | None:
        """The code that came with a password."""
        return self._codes.get(request)

    def get(self, request: int) -> bytearray | None:
        """The password of a request."""
        return self._held.get(request)

    def hand_over(self, request: int) -> bytearray | None:
        """Give the password of a request to somebody who wipes it."""
        return self._held.pop(request, None)

    def drop(self, request: int) -> None:
        """Overwrite and forget."""
        for secrets in (self._held, self._codes):
            secret = secrets.pop(request, None)
            if secret is not None:
                wipe(secret)

    def drop_all(self) -> None:
        """Overwrite and forget every one."""
        for request in (*self._held, *self._codes):
            self.drop(request)

    def __repr__(self) -> str:
        return f"Passwords({len(self._held)} held)"


def wipe(password: bytearray) -> None:
    """Overwrite in place."""
    password[:] = bytes(len(password))
