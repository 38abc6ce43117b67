"""Seals what people answer, and what they only drafted, for the database (C5, V5).

Rules: a slip has a key of its own (AES-256-GCM), wrapped under the master key; slip, person and what it is are bound
in, so that nothing can stand in another one's place. The tables alone tell nobody's answer.

Usage::

    key = safe.new_key()
    sealed = safe.seal(key, value, bound=(slip, person, "draft"))
    safe.open(key, sealed, bound=(slip, person, "draft")) == value
"""

from __future__ import annotations

import json
import os
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealing.errors import UnwrapFailed
from server.consultations.errors import AnswerDamaged
from server.keys.master import MasterKey
from wire.secret import Secret

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SlipSafe:
    """The port :class:`server.consultations.ports.Safe`."""

    def __init__(self, master: MasterKey) -> None:
        self._master: Final = master

    def new_key(self) -> bytes:
        """A slip's key, wrapped."""
        return self._master.wrap(Secret(os.urandom(_KEY_BYTES)))

    def seal(self, key: bytes, value: Any, *, bound: tuple[str, ...]) -> bytes:
        """JSON under a slip's key."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False).encode()
        return nonce + AESGCM(self._master.unwrap(key).reveal()).encrypt(nonce, plain, _bytes(bound))

    def open(self, key: bytes, sealed: bytes, *, bound: tuple[str, ...]) -> Any:
        """The value; raises AnswerDamaged when it is not the one that was sealed."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return json.loads(AESGCM(self._master.unwrap(key).reveal()).decrypt(nonce, rest, _bytes(bound)))
        except (InvalidTag, UnwrapFailed, ValueError) as exc:
            raise AnswerDamaged from exc


def _bytes(bound: tuple[str, ...]) -> bytes:
    return b"phonghop/v1/consultation\0" + "\0".join(bound).encode()
