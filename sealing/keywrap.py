"""AES key wrap (RFC 3394): one key under another.

Rules W32: no nonce and nothing to choose, so it cannot be used wrongly; the result is 8 bytes
longer than the key.

Usage::

    kept = wrap(master, paper_key)
    paper_key = unwrap(master, kept)
"""

from __future__ import annotations

from cryptography.hazmat.primitives import keywrap

from sealing.errors import BadKey, UnwrapFailed
from wire.secret import Secret

_KEK_BYTES = (16, 24, 32)


def wrap(kek: Secret, key: Secret) -> bytes:
    """``key`` (a multiple of 8, at least 16 bytes) under ``kek``; raises :class:`BadKey`."""
    _check(kek)
    if len(key) < 16 or len(key) % 8:
        raise BadKey("a key to wrap has 16, 24, 32 … bytes")
    return keywrap.aes_key_wrap(kek.reveal(), key.reveal())


def unwrap(kek: Secret, wrapped: bytes) -> Secret:
    """The key inside; raises :class:`UnwrapFailed`, or :class:`BadKey` for ``kek``."""
    _check(kek)
    try:
        return Secret(keywrap.aes_key_unwrap(kek.reveal(), wrapped))
    except keywrap.InvalidUnwrap as exc:
        raise UnwrapFailed("not wrapped by this key") from exc


def _check(kek: Secret) -> None:
    if len(kek) not in _KEK_BYTES:
        raise BadKey("a wrapping key has 16, 24 or 32 bytes")
