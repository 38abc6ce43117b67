"""A meeting's epoch key: what all its seats share until somebody leaves (W23, W26, W32).

Rules: two keys are derived from it by HKDF-Expand (RFC 5869, SHA-256), one for room frames, one
to wrap paper keys. It travels to each seat by HPKE, bound to meeting, epoch and device.

Usage::

    key = EpochKey.generate(1)
    sealed = seal_epoch(key, to=seat_key, meeting=meeting, device=device)
    frame = key.seal_room(envelope, topic=Topic.events(room, meeting))
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sealing import boxes, keywrap
from sealing.boxes import BoxKey
from sealing.errors import BadKey
from wire import frames
from wire.errors import BadFrame
from wire.secret import Secret
from wire.topics import Topic

KEY_BYTES: Final = 32


class EpochKey:
    """The key of one epoch (1 … 2^31) of one meeting: 32 bytes."""

    __slots__ = ("_events", "_wrapping", "epoch", "key")

    def __init__(self, epoch: int, key: Secret) -> None:
        if not 1 <= epoch <= frames.MAX_EPOCH:
            raise BadKey("no such epoch")
        if len(key) != KEY_BYTES:
            raise BadKey(f"an epoch key has {KEY_BYTES} bytes")
        self.epoch: Final = epoch
        self.key: Final = key
        self._events: Final = AESGCM(_derive(key, frames.EVENT_KEY_INFO))
        self._wrapping: Final = Secret(_derive(key, frames.WRAP_KEY_INFO))

    @classmethod
    def generate(cls, epoch: int) -> EpochKey:
        """A fresh key from the operating system's randomness."""
        return cls(epoch, Secret(os.urandom(KEY_BYTES)))

    def __repr__(self) -> str:
        return f"EpochKey(epoch={self.epoch})"

    def seal_room(self, data: bytes, *, topic: Topic) -> bytes:
        """A room frame of ``data`` on ``topic``."""
        nonce = os.urandom(frames.NONCE_BYTES)
        sealed = self._events.encrypt(nonce, data, frames.room_aad(topic, self.epoch))
        return frames.RoomFrame(self.epoch, nonce, sealed).print()

    def open_room(self, frame: bytes, *, topic: Topic) -> bytes:
        """What was sealed; raises :class:`BadFrame` or :class:`wire.errors.UnknownVersion`."""
        parts = frames.parse_room(frame)
        if parts.epoch != self.epoch:
            raise BadFrame(f"a frame of epoch {parts.epoch}, the key is of {self.epoch}")
        try:
            return self._events.decrypt(parts.nonce, parts.ciphertext, frames.room_aad(topic, self.epoch))
        except InvalidTag as exc:
            raise BadFrame("the frame does not open: moved or changed") from exc

    def wrap(self, key: Secret) -> bytes:
        """A paper key under this epoch (40 bytes for 32)."""
        return keywrap.wrap(self._wrapping, key)

    def unwrap(self, wrapped: bytes) -> Secret:
        """The paper key; raises :class:`sealing.errors.UnwrapFailed`."""
        return keywrap.unwrap(self._wrapping, wrapped)


def seal_epoch(key: EpochKey, *, to: bytes, meeting: str, device: str) -> bytes:
    """``enc || ciphertext`` for the seat's meeting key ``to``; raises :class:`BadKey`."""
    return boxes.seal(key.key.reveal(), to=to, info=frames.epoch_info(meeting, key.epoch, device))


def open_epoch(sealed: bytes, *, key: BoxKey, meeting: str, epoch: int, device: str) -> EpochKey:
    """The epoch key; raises :class:`BadFrame` when it is for another seat, meeting or epoch."""
    data = key.open(sealed, info=frames.epoch_info(meeting, epoch, device))
    if len(data) != KEY_BYTES:
        raise BadFrame("not an epoch key")
    return EpochKey(epoch, Secret(data))


def _derive(key: Secret, info: bytes) -> bytes:
    return HKDFExpand(algorithm=hashes.SHA256(), length=KEY_BYTES, info=info).derive(key.reveal())
