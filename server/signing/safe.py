"""Seals the files of signing rounds for the database.

Rules: each revision has a key of its own (AES-256-GCM), wrapped under the master key; the name of the round and the
number of the revision are bound in, so that no revision can stand in for another.

Usage: ``SealedFiles(master).open(SealedFiles(master).seal(pdf, round_id=…, revision=0, now=now)) == pdf``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealing.errors import UnwrapFailed
from server.keys.master import MasterKey
from server.signing.errors import SigningStateBroken
from server.signing.ports import Revision
from wire.secret import Secret

_KEY_BYTES: Final = 32
#: One message a key, so the nonce may be constant; the key is never used again.
_NONCE: Final = bytes(12)


class SealedFiles:
    """The port :class:`server.signing.ports.Safe`."""

    def __init__(self, master: MasterKey) -> None:
        self._master: Final = master

    def seal(self, pdf: bytes, *, round_id: str, revision: int, now: dt.datetime) -> Revision:
        """Under a fresh key."""
        key = Secret(os.urandom(_KEY_BYTES))
        sealed = AESGCM(key.reveal()).encrypt(_NONCE, pdf, _bound(round_id, revision))
        digest = hashlib.sha256(pdf).hexdigest()
        return Revision(round_id, revision, digest, len(pdf), self._master.wrap(key), sealed, now)

    def open(self, revision: Revision) -> bytes:
        """The file; raises SigningStateBroken when it is not the one that was sealed."""
        try:
            key = self._master.unwrap(revision.wrapped_key)
            return AESGCM(key.reveal()).decrypt(_NONCE, revision.sealed, _bound(revision.round, revision.revision))
        except (InvalidTag, UnwrapFailed) as exc:
            raise SigningStateBroken from exc


def _bound(round_id: str, revision: int) -> bytes:
    return b"phonghop/v1/signing\0" + f"{round_id}\0{revision}".encode()
