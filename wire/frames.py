"""Sealed frames: what the broker relays and cannot read.

Rules W22–W23. First byte: frame version. Second: how it is sealed. A *box* frame goes to one
receiver by HPKE (RFC 9180, base mode, X25519, HKDF-SHA256, AES-256-GCM). A *room* frame goes to
all seats of a meeting under a key derived from its epoch key. Both bind the topic, so a frame
moved to another topic does not open. The cryptography is in ``sealing``; here is the layout.

Usage::

    parse_room(payload).epoch
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wire.errors import BadFrame, UnknownVersion
from wire.topics import Topic

VERSION: Final = 1
BOX: Final = 1
ROOM: Final = 2
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
MAX_EPOCH: Final = 2**31
_ROOM_HEADER: Final = 2 + 4 + NONCE_BYTES

#: HKDF-SHA256 ``info`` strings under a meeting's epoch key (32 bytes each).
EVENT_KEY_INFO: Final = b"phonghop/v1/epoch/events"
WRAP_KEY_INFO: Final = b"phonghop/v1/epoch/paper-wrap"
#: HPKE ``info`` of the key message that carries the epoch key itself.
EPOCH_SEAL_INFO: Final = b"phonghop/v1/epoch/seal"


@dataclass(frozen=True, slots=True)
class RoomFrame:
    """An AES-256-GCM frame: epoch number, 12-byte nonce, ciphertext with tag."""

    epoch: int
    nonce: bytes
    ciphertext: bytes

    def print(self) -> bytes:
        """The bytes on the wire."""
        header = bytes((VERSION, ROOM)) + self.epoch.to_bytes(4, "big")
        return header + self.nonce + self.ciphertext


def print_box(ciphertext: bytes) -> bytes:
    """A box frame around HPKE's ``enc || ciphertext``."""
    return bytes((VERSION, BOX)) + ciphertext


def parse_box(data: bytes) -> bytes:
    """HPKE's ``enc || ciphertext`` of a box frame; raises :class:`BadFrame`."""
    _check_head(data, BOX)
    if len(data) < 2 + 32 + TAG_BYTES:
        raise BadFrame("the box is cut")
    return data[2:]


def parse_room(data: bytes) -> RoomFrame:
    """The parts of a room frame; raises :class:`BadFrame`."""
    _check_head(data, ROOM)
    if len(data) < _ROOM_HEADER + TAG_BYTES:
        raise BadFrame("the frame is cut")
    return RoomFrame(
        epoch=int.from_bytes(data[2:6], "big"),
        nonce=data[6:_ROOM_HEADER],
        ciphertext=data[_ROOM_HEADER:],
    )


def box_info(topic: Topic) -> bytes:
    """HPKE ``info`` for a box on ``topic``."""
    return b"phonghop/v1/box\0" + str(topic).encode("ascii")


def room_aad(topic: Topic, epoch: int) -> bytes:
    """Additional data of a room frame on ``topic``."""
    return b"phonghop/v1/room\0" + epoch.to_bytes(4, "big") + str(topic).encode("ascii")


def epoch_info(meeting: str, epoch: int, device: str) -> bytes:
    """HPKE ``info`` when the epoch key is sealed to one seat's meeting key (W26)."""
    return b"\0".join((EPOCH_SEAL_INFO, meeting.encode("ascii"), str(epoch).encode("ascii"), device.encode("ascii")))


def _check_head(data: bytes, kind: int) -> None:
    if len(data) < 2:
        raise BadFrame("the frame is cut")
    if data[0] != VERSION:
        raise UnknownVersion(f"frame version {data[0]}")
    if data[1] != kind:
        raise BadFrame("a frame of another kind")
