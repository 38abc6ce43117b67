"""Decides whether the card may sign, and what: the last word is the terminal's.

Rules G5-G8: the prepared file begins with the very bytes that were shown; it adds one signature field and nothing
else; the hash is computed here, over these bytes; the attributes name that hash and the card's own certificate. The
server's word is not taken for anything that can be computed.

Usage::

    to_sign = examine(shown, Offered(file, attributes), certificate=card_certificate, digest="sha256")
    card.sign(to_sign.message)
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from edge.signing import attributes
from edge.signing.errors import AttributesWrong, FileDiffers
from edge.signing.update import inspect


@dataclass(frozen=True, slots=True)
class Offered:
    """What the server sent: the prepared file, and the signed attributes as a DER SET."""

    file: bytes = field(repr=False)
    signed_attributes: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToSign:
    """What the card signs: ``message``, or its hash ``digest_value`` for cards that want one; and where the mark is."""

    message: bytes = field(repr=False)
    digest: str
    digest_value: bytes = field(repr=False)
    page: int
    box: tuple[float, float, float, float]


def examine(shown: bytes, offered: Offered, *, certificate: bytes, digest: str) -> ToSign:
    """Raises a leaf of SignRefused. ``digest`` follows from the card's key: ``sha384`` for P-384, else ``sha256``."""
    if digest not in attributes.HASHES.values():
        raise AttributesWrong(why="algorithm")
    if not shown or not hmac.compare_digest(offered.file[: len(shown)], shown):
        raise FileDiffers
    change = inspect(shown, offered.file)
    begin, end = change.hole
    found = hashlib.new(digest, offered.file[:begin])
    found.update(offered.file[end:])
    attributes.check(offered.signed_attributes, digest=found.digest(), name=digest, certificate=certificate)
    message = offered.signed_attributes
    return ToSign(message, digest, hashlib.new(digest, message).digest(), change.page, change.box)
