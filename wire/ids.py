"""Identifiers: a short prefix that tells the kind, and 80 random bits.

Rules W02: ``<prefix>-<16 characters of a-z2-7>`` (RFC 4648 base 32, lower case). They hold no
``/``, ``+`` or ``#``, so they can stand in a topic and in a file name. A device's id is taken
from its public key, so that a copied key shows as the same device.

Usage::

    meeting = new("m", secrets.token_bytes(10))
    parse("m", "m-abcdefghijklmnop")
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final, NewType

from wire.errors import BadId

MeetingId = NewType("MeetingId", str)
RoomId = NewType("RoomId", str)
SeatId = NewType("SeatId", str)
DeviceId = NewType("DeviceId", str)
PaperId = NewType("PaperId", str)
PersonId = NewType("PersonId", str)
ItemId = NewType("ItemId", str)
ActId = NewType("ActId", str)
VoteId = NewType("VoteId", str)

RANDOM_BYTES: Final = 10

#: prefix → what it names
KINDS: Final = {
    "m": "meeting",
    "r": "room",
    "s": "seat",
    "d": "device",
    "p": "paper",
    "u": "person",
    "i": "agenda item",
    "a": "act",
    "c": "challenge",
    "k": "signing round",
    "v": "vote",
    "q": "turn to speak",
    "n": "mark",
    "g": "message",
    "l": "letter",
    "o": "unit",
    "w": "request for a paper",
    "f": "consultation slip",
    "y": "type or template of meetings",
    "e": "series of meetings",
    "t": "task",
    "h": "remark before a meeting",
}

_FORM: Final = re.compile(r"([a-z])-[a-z2-7]{16}", re.ASCII)


def new(prefix: str, random: bytes) -> str:
    """An id of the kind ``prefix`` from 10 random bytes; raises :class:`BadId`."""
    if prefix not in KINDS:
        raise BadId(f"unknown kind {prefix!r}")
    if len(random) != RANDOM_BYTES:
        raise BadId(f"needs {RANDOM_BYTES} random bytes, got {len(random)}")
    return f"{prefix}-{base64.b32encode(random).decode('ascii').lower()}"


def parse(prefix: str, text: object) -> str:
    """``text`` itself when it is an id of the kind ``prefix``; raises :class:`BadId`."""
    if not isinstance(text, str):
        raise BadId("an id is a string")
    found = _FORM.fullmatch(text)
    if found is None or found.group(1) != prefix:
        raise BadId(f"not the id of a {KINDS.get(prefix, prefix)}")
    return text


def device_id(public_key_spki: bytes) -> DeviceId:
    """The id of the device that holds this public key (DER SubjectPublicKeyInfo)."""
    return DeviceId(new("d", hashlib.sha256(public_key_spki).digest()[:RANDOM_BYTES]))


def pairing_code(public_key_spki: bytes) -> str:
    """The 12 digits that seat screen and console both show (W50), as ``1234 5678 9012``."""
    digest = hashlib.sha256(b"phonghop/v1/pairing\0" + public_key_spki).digest()
    digits = f"{int.from_bytes(digest[:16], 'big') % 10**12:012d}"
    return f"{digits[:4]} {digits[4:8]} {digits[8:]}"
