"""A mark in its box: AES-256-GCM under its person's key, bound to whose it is and how often it was written (W98).

Rules: one byte version, 12 random bytes, ciphertext with tag. What is sealed is four bytes of length, the canonical
content, and zeros up to a multiple of 256 bytes. Only terminals open boxes; the server has no code for it.

Usage::

    box = seal(key, content, place=Place(meeting, person), mark="n-…", counter=1, random=os.urandom)
    unseal(key, Sealed("n-…", 1, box), place=place)
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.marks_values import Place
from wire import canonical
from wire.errors import BadFrame
from wire.marks import BLOCK_BYTES, NONCE_BYTES, TAG_BYTES, VERSION, Sealed, mark_aad
from wire.marks_content import read_content
from wire.secret import Secret

_LENGTH: Final = struct.Struct(">I")


def seal(
    key: Secret, content: dict[str, Any], *, place: Place, mark: str, counter: int, random: Callable[[int], bytes]
) -> Sealed:
    """The mark with ``content`` in its box."""
    plain = canonical.encode(content)
    plain = _LENGTH.pack(len(plain)) + plain
    plain += bytes(-len(plain) % BLOCK_BYTES)
    nonce = random(NONCE_BYTES)
    aad = mark_aad(place.meeting, place.person, mark, counter=counter)
    return Sealed(mark, counter, bytes((VERSION,)) + nonce + AESGCM(key.reveal()).encrypt(nonce, plain, aad))


def unseal(key: Secret, sealed: Sealed, *, place: Place) -> dict[str, Any]:
    """The content; raises :class:`wire.errors.BadFrame` or :class:`wire.errors.BadField`."""
    box = sealed.box
    if len(box) < 1 + NONCE_BYTES + BLOCK_BYTES + TAG_BYTES or box[0] != VERSION:
        raise BadFrame("a mark is cut or of another version")
    aad = mark_aad(place.meeting, place.person, sealed.mark, counter=sealed.counter)
    try:
        plain = AESGCM(key.reveal()).decrypt(box[1 : 1 + NONCE_BYTES], box[1 + NONCE_BYTES :], aad)
    except InvalidTag as exc:
        raise BadFrame("a mark does not open: moved, changed, or of another key") from exc
    (length,) = _LENGTH.unpack_from(plain)
    return read_content(canonical.decode(plain[_LENGTH.size : _LENGTH.size + length]))
