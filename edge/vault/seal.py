"""Bytes at rest: AES-256-GCM under a key derived from the store key, bound to where they lie.

Rules: one byte version, 12 random bytes, ciphertext with tag; the place (``meeting/m-…/box``) is additional data, so a
sealed file moved to another place does not open. The store key itself is used for nothing but this derivation (HKDF,
RFC 5869), so another use can be added beside it.

Usage::

    sealer = Sealer(store_key)
    disk.put("wish", sealer.seal(data, place="wish"))
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.errors import SealBroken
from wire.secret import Secret

VERSION: Final = 1
_NONCE_BYTES: Final = 12
_LEAST_BYTES: Final = 1 + _NONCE_BYTES + 16
_INFO: Final = b"phonghop/v1/vault"


class Sealer:
    """Seals and opens what lies on the disk; ``store_key`` is 32 bytes."""

    __slots__ = ("_cipher",)

    def __init__(self, store_key: Secret) -> None:
        derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO)
        self._cipher: Final = AESGCM(derive.derive(store_key.reveal()))

    def seal(self, data: bytes, *, place: str) -> bytes:
        """``data`` for the disk."""
        nonce = os.urandom(_NONCE_BYTES)
        return bytes((VERSION,)) + nonce + self._cipher.encrypt(nonce, data, _bound(place))

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What was sealed for ``place``; raises :class:`SealBroken`."""
        if len(sealed) < _LEAST_BYTES or sealed[0] != VERSION:
            raise SealBroken(f"{place} is cut or of another version")
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], _bound(place))
        except InvalidTag as exc:
            raise SealBroken(f"{place} does not open with this store key") from exc

    def __repr__(self) -> str:
        return "Sealer()"


def _bound(place: str) -> bytes:
    return b"phonghop/v1/vault\0" + place.encode("utf-8")
