"""Decides whether the card may sign, and what: the last word is the terminal's.

Rules G5-G8: the prepared file begins with the very bytes that were shown; it adds one signature field and nothing
else, and its mark stands where the person was shown it; the hash is computed here, over these bytes; the attributes
name that hash and the card's own certificate. The server's word is not taken for anything that can be computed.

Usage::

    to_sign = examine(shown, Offered(file, attributes), certificate=card_certificate, digest="sha256", mark=mark)
    card.sign(to_sign.message)
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from edge.signing import attributes
from edge.signing.errors import AttributesWrong, FileDiffers, MarkElsewhere, NumberDiffers
from edge.signing.update import Box, Change, inspect

#: Points: what rounding on the way may move a mark, far less than anybody sees.
_TOLERANCE: Final = 0.5

#: A page from 1, and a box in points from the top left of what is seen of it.
Mark = tuple[int, Box]


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


def examine(
    shown: bytes,
    offered: Offered,
    *,
    certificate: bytes,
    digest: str,
    mark: Mark | None,
    written: Mapping[str, str] | None = None,
) -> ToSign:
    """Raises a leaf of SignRefused. ``digest`` follows from the card's key: ``sha384`` for P-384, else ``sha256``.

    ``mark`` is where the person was shown that it will stand; None: they were told that there is none. ``written``:
    number and date as they were shown, by the field's name; none: nothing is filled in.
    """
    if digest not in attributes.HASHES.values():
        raise AttributesWrong(why="algorithm")
    if not shown or not hmac.compare_digest(offered.file[: len(shown)], shown):
        raise FileDiffers
    change = inspect(shown, offered.file)
    _must_stand_at(mark, change)
    if dict(change.written) != dict(written or {}):
        raise NumberDiffers
    begin, end = change.hole
    found = hashlib.new(digest, offered.file[:begin])
    found.update(offered.file[end:])
    attributes.check(offered.signed_attributes, digest=found.digest(), name=digest, certificate=certificate)
    message = offered.signed_attributes
    return ToSign(message, digest, hashlib.new(digest, message).digest(), change.page, change.box)


def _must_stand_at(mark: Mark | None, change: Change) -> None:
    seen = any(change.shown_box)
    if mark is None:
        if seen:
            raise MarkElsewhere
        return
    page, box = mark
    apart = max(abs(one - other) for one, other in zip(box, change.shown_box, strict=True))
    if not seen or change.page != page or apart > _TOLERANCE:
        raise MarkElsewhere
